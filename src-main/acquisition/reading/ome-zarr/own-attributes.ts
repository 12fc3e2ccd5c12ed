/** `attributes.coverslip` (src-main/acquisition/storage/ome-zarr/dataset-metadata.ts): what readers need of it. */
import { z } from 'zod'
import { pixelFormatSchema } from '../../../../src-shared/frames/pixel-format.ts'

/** Of the root. */
const ownDatasetSchema = z.looseObject({
  coverslip: z.looseObject({
    version: z.literal(1),
    state: z.enum(['growing', 'complete', 'interrupted']),
    name: z.string(),
    software: z.string(),
    camera: z.looseObject({ name: z.string() }),
    image: z.looseObject({
      pixelFormat: pixelFormatSchema,
      significantBits: z.number().int().min(1).max(16),
    }),
    axes: z.array(
      z
        .object({
          axis: z.enum(['t', 'p', 'c', 'z']),
          length: z.number().int().positive().max(1e9).optional(),
        })
        .transform(({ axis, length }) => ({ axis, length })),
    ),
    storage: z.looseObject({ compression: z.enum(['none', 'zstd']) }),
    metadata: z.record(z.string(), z.unknown()),
  }),
})
export type OwnDataset = z.infer<typeof ownDatasetSchema>['coverslip']

/** Of an image. */
const ownImageSchema = z.looseObject({
  coverslip: z.looseObject({
    position: z.looseObject({ name: z.string() }),
    planes: z.number().int().nonnegative(),
    isWhole: z.boolean(),
  }),
})
export type OwnImage = z.infer<typeof ownImageSchema>['coverslip']

/** Undefined for datasets of others. */
export function ownDataset(attributes: Readonly<Record<string, unknown>>): OwnDataset | undefined {
  return ownDatasetSchema.safeParse(attributes).data?.coverslip
}

/** Undefined for images of others. */
export function ownImage(attributes: Readonly<Record<string, unknown>>): OwnImage | undefined {
  return ownImageSchema.safeParse(attributes).data?.coverslip
}
