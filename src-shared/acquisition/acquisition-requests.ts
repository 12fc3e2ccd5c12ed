/** What is asked for when something is recorded. */
import { z } from 'zod'
import { defaultStorage, storageOptionsSchema } from './storage-options.ts'

const detectorNames = z.array(z.string().min(1).max(200)).max(8)
const name = z.string().max(200).describe('Without folder; absent: named by kind and time')

export const recordingRequestSchema = z.strictObject({
  /** Cameras to record, side by side; absent: the first camera. */
  detectorNames: detectorNames.min(1).optional(),
  name: name.optional(),
  storage: storageOptionsSchema.prefault(defaultStorage),
  until: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('frames'), frames: z.number().int().positive() }),
      z.strictObject({ kind: z.literal('seconds'), seconds: z.number().positive() }),
      z.strictObject({ kind: z.literal('stopped') }),
    ])
    .prefault({ kind: 'stopped' }),
})
export type RecordingRequest = z.infer<typeof recordingRequestSchema>
