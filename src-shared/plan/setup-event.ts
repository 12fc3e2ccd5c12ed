/** What a plan sets once, before its first image: useq-schema's `MDAEvent`, of which most fields mean nothing here. */
import { z } from 'zod'
import { optionalField } from './plan-parts.ts'
import { type PropertySetting, propertiesSchema } from './property-setting.ts'

/** What to set before the first image. */
export type SetupEvent = {
  readonly properties: readonly PropertySetting[]
  readonly roi: CameraRoi | undefined
  readonly exposureMs: number | undefined
}

/** Part of the sensor that is read, in pixels. */
export type CameraRoi = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const pixels = z.number().int().nonnegative()
const roiSchema = z
  .union([
    z.tuple([pixels, pixels, pixels, pixels]),
    z.strictObject({ offset_x: pixels, offset_y: pixels, width: pixels, height: pixels }),
  ])
  .transform((roi): CameraRoi => {
    if (Array.isArray(roi)) return { x: roi[0], y: roi[1], width: roi[2], height: roi[3] }
    return { x: roi.offset_x, y: roi.offset_y, width: roi.width, height: roi.height }
  })

/** Fields of useq-schema's events that mean nothing here, and are written with every event. */
const unusedEventFields: readonly string[] = [
  'index',
  'channel',
  'min_start_time',
  'pos_name',
  'x_pos',
  'y_pos',
  'z_pos',
  'slm_image',
  'sequence',
  'metadata',
  'keep_shutter_open',
  'reset_event_timer',
]
const isUnset = (value: unknown): boolean =>
  value === null || value === false || (typeof value === 'object' && Object.keys(value).length === 0)

/** Of the fields without meaning, one that has a value is unknown; one that has none is not. */
export const setupSchema = z
  .preprocess(
    (value) =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value).filter(
              ([key, field]) => !(unusedEventFields.includes(key) && isUnset(field)),
            ),
          ),
    z.strictObject({
      properties: propertiesSchema,
      roi: optionalField(roiSchema),
      exposure: optionalField(z.number().positive().max(1e9)),
      // That it is the setup.
      action: optionalField(
        z.strictObject({
          // useq-schema's YAML leaves it out.
          type: optionalField(z.literal('custom', { error: 'must be "custom": a setup takes no image' })),
          name: z.unknown().optional(),
          data: z.unknown().optional(),
        }),
      ),
    }),
  )
  .transform(({ properties, roi, exposure }): SetupEvent => ({ properties, roi, exposureMs: exposure }))
