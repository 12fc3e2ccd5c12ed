/**
 * Autofocus by the image in a plan. useq-schema has no place for how it searches, so it is in the plan's metadata, where
 * other programs leave it alone:
 *
 * ```json
 * { "metadata": { "image_autofocus": { "range": 30, "step": 1, "channel": "DAPI", "exposure": 20 } },
 *   "autofocus_plan": { "axes": "p", "autofocus_device_name": "image" } }
 * ```
 */
import { z } from 'zod'
import { usualChannelGroup } from '../devices.ts'
import { CoverslipError } from '../errors.ts'
import { fieldPath, type FieldProblem, fieldProblems, plainWords, problemText } from '../field-problems.ts'
import { fieldWithDefault, optionalField } from './plan-parts.ts'
import type { MdaSequence } from './sequence.ts'

/** Instead of the name of an autofocus device: the focus is found by the image. */
export const imageFocusDevice = 'image'
/** Of a plan's metadata. */
export const imageFocusKey = 'image_autofocus'

/** How the focus is searched by the image. */
export type ImageFocusPlan = {
  /** Half of it to each side, µm. */
  readonly rangeUm: number
  readonly stepUm: number | undefined
  /** Absent: that of the image that follows. */
  readonly channel: { readonly group: string; readonly config: string } | undefined
  /** ms; absent: as the channel's images are taken. */
  readonly exposureMs: number | undefined
  readonly camera: string | undefined
  /** Waited after each move, ms. */
  readonly settleMs: number
}

const channelFields = {
  config: z.string().min(1),
  group: fieldWithDefault(z.string().min(1), usualChannelGroup),
}
const channelAs = <Fields extends z.ZodType>(fields: Fields) =>
  optionalField(z.preprocess((value) => (typeof value === 'string' ? { config: value } : value), fields))

const fields = {
  range: fieldWithDefault(z.number().positive().max(10_000), 50),
  step: optionalField(z.number().positive().max(1000)),
  exposure: optionalField(z.number().positive().max(1e9)),
  camera: optionalField(z.string().min(1)),
  settle: fieldWithDefault(z.number().min(0).max(10_000), 0),
}

const imageFocusSchema = z.object({ ...fields, channel: channelAs(z.object(channelFields)) }).transform(
  (file): ImageFocusPlan => ({
    rangeUm: file.range,
    stepUm: file.step,
    channel: file.channel,
    exposureMs: file.exposure,
    camera: file.camera,
    settleMs: file.settle,
  }),
)
/** The same, with nothing else in it. */
const knownFieldsSchema = z.strictObject({
  ...fields,
  channel: channelAs(z.strictObject(channelFields)),
})

/** How a plan with this `metadata` finds the focus by the image. @throws CoverslipError INVALID_INPUT; `data.problems`: by field */
export function imageFocusOf(metadata: Readonly<Record<string, unknown>>): ImageFocusPlan {
  const parsed = imageFocusSchema.safeParse(metadata[imageFocusKey] ?? {}, { error: plainWords })
  if (parsed.success) return parsed.data
  const problems = fieldProblems(parsed.error).map(({ path, message }) => ({
    path: ['metadata', imageFocusKey, path].filter((part) => part !== '').join('.'),
    message,
  }))
  throw new CoverslipError('INVALID_INPUT', problemText(problems), {
    hint: 'It has range, step (µm), channel, exposure, settle (ms) and camera, all of which may be left out.',
    data: { problems },
  })
}

/** What `sequence` and those of its positions say of the search for the focus by the image, and nobody heeds. */
export function imageFocusRemarks({ metadata, positions }: MdaSequence): readonly FieldProblem[] {
  const own = 'plate' in positions ? [] : positions.map(({ sequence }) => sequence?.metadata[imageFocusKey])
  const misplaced = own.flatMap((value, i) =>
    value === undefined
      ? []
      : [
          {
            path: fieldPath(['stage_positions', i, 'sequence', 'metadata', imageFocusKey]),
            message: 'is not used: it belongs to the metadata of the whole plan',
          },
        ],
  )
  const unknown = knownFieldsSchema
    .safeParse(metadata[imageFocusKey] ?? {})
    .error?.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => fieldPath(['metadata', imageFocusKey, ...issue.path, key]))
        : [],
    )
  return [...(unknown ?? []).map((path) => ({ path, message: 'is not known, and not used' })), ...misplaced]
}

/** What an editor has in hand, with what is wrong left out. */
export function imageFocusDraft(metadata: Readonly<Record<string, unknown>>): ImageFocusPlan {
  const parsed = imageFocusSchema.safeParse(metadata[imageFocusKey] ?? {})
  return parsed.success ? parsed.data : imageFocusOf({})
}

/** `metadata` with `plan` in it. */
export function withImageFocus(
  metadata: Readonly<Record<string, unknown>>,
  { rangeUm, stepUm, channel, exposureMs, camera, settleMs }: ImageFocusPlan,
): Readonly<Record<string, unknown>> {
  const own = {
    range: rangeUm,
    ...(stepUm === undefined ? {} : { step: stepUm }),
    ...(channel === undefined ? {} : { channel }),
    ...(exposureMs === undefined ? {} : { exposure: exposureMs }),
    ...(camera === undefined ? {} : { camera }),
    ...(settleMs === 0 ? {} : { settle: settleMs }),
  }
  return { ...metadata, [imageFocusKey]: own }
}
