/** Finding the focus by the camera's image. */
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { focusRequestSchema, focusScoreSchema, focusStatusSchema } from '../focus.ts'
import { call, detectorName, freeCall, view } from './call-kinds.ts'

const tags = ['Focus']

export const focusCalls = {
  find: call
    .route({
      method: 'POST',
      path: '/focus/find',
      summary: 'Find the focus by the image; answers when it is found, or stopped',
      tags,
    })
    .input(focusRequestSchema.prefault({}))
    .output(focusStatusSchema),
  stop: freeCall
    .route({
      method: 'POST',
      path: '/focus/stop',
      summary: 'End the search; answers when z is back where it was',
      tags,
    })
    .output(focusStatusSchema.nullable()),
  status: view
    .route({
      method: 'GET',
      path: '/focus/status',
      summary: 'The search under way, or the last; null: none yet',
      tags,
    })
    .output(focusStatusSchema.nullable()),
  scores: view
    .route({
      method: 'GET',
      path: '/focus/scores',
      summary: 'How sharp the images are, a few times a second while the camera runs, as server-sent events',
      tags,
    })
    .input(z.strictObject({ detectorName: detectorName.optional() }).prefault({}))
    .output(eventIterator(focusScoreSchema)),
}
