/** OME-Zarr metadata of 0.4 (`.zattrs`) and 0.5 (`attributes.ome`), as far as the viewer needs them. */
import { z } from 'zod'

const relativePath = z
  .string()
  .max(1000)
  .refine(
    (path) => path.split('/').every((part) => part !== '' && part !== '..' && !/[\\:\0]/.test(part)),
    'leads out of the dataset',
  )

const transformation = z.looseObject({
  type: z.string(),
  scale: z.array(z.number()).max(8).optional(),
})

const multiscale = z.looseObject({
  name: z.string().optional().catch(undefined),
  axes: z
    .array(
      z.union([
        // 0.3
        z.string().transform((name) => ({ name, unit: undefined })),
        z.object({ name: z.string(), unit: z.string().optional() }),
      ]),
    )
    .min(2)
    .max(8)
    // 0.2 knows no others.
    .default(() => ['t', 'c', 'z', 'y', 'x'].map((name) => ({ name, unit: undefined }))),
  datasets: z
    .array(
      z.looseObject({ path: relativePath, coordinateTransformations: z.array(transformation).default([]) }),
    )
    .min(1)
    .max(100),
  coordinateTransformations: z.array(transformation).default([]),
})
export type Multiscale = z.infer<typeof multiscale>

/** Display settings; what does not make sense is left out rather than refused. */
const omero = z.looseObject({
  channels: z
    .array(
      z.looseObject({
        label: z.string().optional().catch(undefined),
        color: z
          .string()
          .regex(/^#?[0-9a-f]{6}/i)
          .optional()
          .catch(undefined),
        window: z.looseObject({ start: z.number(), end: z.number() }).optional().catch(undefined),
      }),
    )
    .max(10_000),
})

/** Attributes of an image (section "multiscales"). An `omero` that is not as it should be is passed over. */
export const omeImageSchema = z.looseObject({
  multiscales: z.array(multiscale).min(1).max(1000),
  omero: omero.optional().catch(undefined),
})

/** Attributes of a plate, as far as its wells are to be found. */
export const omePlateSchema = z.looseObject({
  plate: z.looseObject({ wells: z.array(z.looseObject({ path: relativePath })).max(10_000) }),
})

/** Attributes of a well, as far as its fields are to be found. */
export const omeWellSchema = z.looseObject({
  well: z.looseObject({ images: z.array(z.looseObject({ path: relativePath })).max(10_000) }),
})

/** Of the group `OME`. */
export const omeSeriesSchema = z.looseObject({ series: z.array(relativePath).max(20_000) })

/** Where the attributes of OME are: below `ome` since 0.5. */
export function omeOf(attributes: Readonly<Record<string, unknown>>): unknown {
  return 'ome' in attributes ? attributes['ome'] : attributes
}
