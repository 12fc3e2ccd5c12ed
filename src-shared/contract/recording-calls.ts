import { z } from 'zod'
import { recordingRequestSchema } from '../acquisition/acquisition-requests.ts'
import { acquisitionStatusSchema, recordingEstimateSchema } from '../acquisition/acquisition-status.ts'
import { call, freeCall, view } from './call-kinds.ts'

/** Calls that record every frame of cameras. */
export const recordingCalls = {
  status: view
    .route({
      method: 'GET',
      path: '/recording/status',
      summary: 'What is being recorded, or was last; null: nothing yet',
      tags: ['Recording'],
    })
    .output(acquisitionStatusSchema.nullable()),
  estimate: view
    .route({
      method: 'POST',
      path: '/recording/estimate',
      summary: 'How much a recording would take',
      tags: ['Recording'],
    })
    .input(recordingRequestSchema.prefault({}))
    .output(recordingEstimateSchema),
  start: call
    .route({
      method: 'POST',
      path: '/recording/start',
      summary:
        'Record every frame of one or more cameras; answers when the next frame will be kept, or it waits',
      tags: ['Recording'],
    })
    .input(recordingRequestSchema.prefault({}))
    .output(acquisitionStatusSchema),
  begin: call
    .route({
      method: 'POST',
      path: '/recording/begin',
      summary: 'Begin a recording that waits, whatever it waits for',
      tags: ['Recording'],
    })
    .output(acquisitionStatusSchema),
  stop: freeCall
    .route({
      method: 'POST',
      path: '/recording/stop',
      summary: 'End the recording; answers when everything is on the disk',
      tags: ['Recording'],
    })
    .input(z.strictObject({ id: z.string().min(1).max(500).optional() }).prefault({}))
    .output(acquisitionStatusSchema),
}
