import { z } from 'zod'
import {
  activeStreamSchema,
  longExposureInfoSchema,
  startResultSchema,
  stopResultSchema,
  streamStatsSchema,
  streamStatusSchema,
} from '../live-view.ts'
import { protocolSchema, streamParamsPatchSchema, streamParamsSchema } from '../stream-params.ts'
import { call, detectorName, freeCall, view } from './call-kinds.ts'

/** Starting, stopping and changing streams. */
export const liveViewCalls = {
  start: freeCall
    .route({
      method: 'POST',
      path: '/liveview/start',
      summary: 'Start streaming a camera',
      tags: ['Live view'],
    })
    .input(
      z
        .strictObject({
          detectorName: detectorName.optional(),
          protocol: protocolSchema.optional(),
          params: streamParamsPatchSchema.optional(),
          /** Start in spite of a long exposure. */
          force: z.boolean().default(false),
        })
        .prefault({}),
    )
    .output(startResultSchema),
  stop: call
    .route({
      method: 'POST',
      path: '/liveview/stop',
      summary: 'Stop a stream; the camera stops with its last user',
      tags: ['Live view'],
    })
    .input(
      z
        .strictObject({
          detectorName: detectorName.optional(),
          /** Absent: all streams of the detector. */
          protocol: protocolSchema.optional(),
        })
        .prefault({}),
    )
    .output(stopResultSchema),
  setParams: call
    .route({
      method: 'POST',
      path: '/liveview/params',
      summary: 'Change stream parameters, live',
      tags: ['Live view'],
    })
    .input(
      z.strictObject({
        detectorName: detectorName.optional(),
        protocol: protocolSchema.optional(),
        params: streamParamsPatchSchema,
      }),
    )
    .output(streamParamsSchema),
  getParams: view
    .route({
      method: 'GET',
      path: '/liveview/params',
      summary: 'Parameters a stream has or would start with',
      tags: ['Live view'],
    })
    .input(z.strictObject({ detectorName: detectorName.optional(), protocol: protocolSchema.optional() }))
    .output(streamParamsSchema),
  active: view
    .route({ method: 'GET', path: '/liveview/active', summary: 'Running streams', tags: ['Live view'] })
    .output(z.array(activeStreamSchema)),
  status: view
    .route({
      method: 'GET',
      path: '/liveview/status',
      summary: 'All cameras: streaming or not, protocol, parameters',
      tags: ['Live view'],
    })
    .output(streamStatusSchema),
  diagnostics: view
    .route({
      method: 'GET',
      path: '/liveview/diagnostics',
      summary: 'Frame counts and rates, stage by stage',
      tags: ['Live view'],
    })
    .input(z.strictObject({ detectorName: detectorName.optional() }))
    .output(z.array(streamStatsSchema)),
  longExposure: view
    .route({
      method: 'GET',
      path: '/liveview/longExposure',
      summary: 'Is the exposure too long for a live view?',
      tags: ['Live view'],
    })
    .input(z.strictObject({ detectorName: detectorName.optional() }))
    .output(longExposureInfoSchema),
}
