/** `DatasetLayout` as it stands in `acquisition.json` and in the JSON of raw datasets: checked, as anybody may have written it. */
import { z } from 'zod'
import { pixelFormatSchema } from '../../../src-shared/frames/pixel-format.ts'
import type { ImageDataset } from '../../../src-shared/gallery.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'

/** A name of which paths are made: of something in a folder, never elsewhere. */
export const fileNameSchema = z
  .string()
  .min(1)
  .max(300)
  .refine((name) => !/[\\/\0]/.test(name) && name !== '.' && name !== '..', 'is no name of a file or folder')

const length = z.number().int().positive().max(1e9)

export const datasetLayoutSchema: z.ZodType<DatasetLayout> = z.object({
  name: fileNameSchema,
  camera: z.object({
    id: z.string(),
    name: z.string(),
    model: z.string(),
    serialNumber: z.string().optional(),
  }),
  image: z.object({
    width: z.number().int().positive().max(65_535),
    height: z.number().int().positive().max(65_535),
    pixelFormat: pixelFormatSchema,
    significantBits: z.number().int().min(1).max(16),
    pixelSizeUm: z.number().positive().optional(),
  }),
  axes: z.array(
    z
      .object({ axis: z.enum(['t', 'p', 'c', 'z']), length: length.optional() })
      .transform((one) => ({ axis: one.axis, length: one.length })),
  ),
  positions: z.array(
    z.object({
      name: fileNameSchema,
      xUm: z.number().optional(),
      yUm: z.number().optional(),
      zUm: z.number().optional(),
      well: z
        .object({ row: z.number().int().nonnegative(), column: z.number().int().nonnegative() })
        .optional(),
    }),
  ),
  channels: z.array(
    z.object({ name: z.string(), color: z.string().optional(), exposureMs: z.number().optional() }),
  ),
  plate: z
    .object({ name: z.string(), rows: z.number().int().positive(), columns: z.number().int().positive() })
    .optional(),
  timeStepS: z.number().optional(),
  zStepUm: z.number().optional(),
  startedAt: z.number(),
  software: z.string(),
  metadata: z.record(z.string(), z.unknown()),
})

type Present = Pick<ImageDataset, 'name' | 'format' | 'sizes' | 'planes' | 'timeStepS' | 'wholeTimes'>

/** What the gallery tells of a dataset that we wrote. */
export function describeLayout(layout: DatasetLayout, present: Present): ImageDataset {
  const { width, height, pixelFormat, significantBits, pixelSizeUm } = layout.image
  const { timeStepS, zStepUm } = layout
  return {
    ...present,
    camera: layout.camera.name,
    width,
    height,
    pixelFormat,
    significantBits,
    ...(pixelSizeUm === undefined ? {} : { pixelSizeUm }),
    ...(zStepUm === undefined || zStepUm === 0 ? {} : { zStepUm: Math.abs(zStepUm) }),
    ...(timeStepS === undefined || timeStepS < 0 ? {} : { timeStepS }),
    channels: layout.channels.map(({ name, color }) => ({ name, ...(color === undefined ? {} : { color }) })),
    positions: layout.positions.map(({ name }) => name),
    levels: [{ width, height }],
  }
}
