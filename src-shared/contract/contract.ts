/**
 * Every call that exists, with input and output. The HTTP API (`/api`, OpenAPI page at `/api/docs`), the desktop's
 * IPC and the typed client are derived from this; a call that is not here does not exist.
 */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { alertSchema } from '../alerts.ts'
import { deviceStateSchema, presetSchema, propertyValueSchema } from '../devices.ts'
import { stagePositionSchema } from '../frames/frame-info.ts'
import {
  activeStreamSchema,
  longExposureInfoSchema,
  startResultSchema,
  stopResultSchema,
  streamStatsSchema,
  streamStatusSchema,
} from '../live-view.ts'
import { settingsPatchSchema, settingsSchema } from '../settings.ts'
import { protocolSchema, streamParamsPatchSchema, streamParamsSchema } from '../stream-params.ts'
import { errorMap } from './error-map.ts'
import { engineEventSchema, hostInfoSchema } from './events.ts'

const call = oc.errors(errorMap)

const detectorName = z.string().min(1).max(200).describe('Id or name of a camera')
const deviceId = z.string().min(1).max(200).describe('Id of a device')

export const contract = {
  system: {
    info: call
      .route({
        method: 'GET',
        path: '/system/info',
        summary: 'Version and abilities of this host',
        tags: ['System'],
      })
      .output(hostInfoSchema),
    events: call
      .route({
        method: 'GET',
        path: '/system/events',
        summary: 'Everything that changes, as server-sent events; the first is a snapshot',
        tags: ['System'],
      })
      .output(eventIterator(engineEventSchema)),
  },

  devices: {
    list: call
      .route({
        method: 'GET',
        path: '/devices',
        summary: 'All devices with their properties',
        tags: ['Devices'],
      })
      .output(z.array(deviceStateSchema)),
    setProperty: call
      .route({ method: 'POST', path: '/devices/setProperty', summary: 'Set one property', tags: ['Devices'] })
      .input(z.strictObject({ deviceId, property: z.string().min(1).max(100), value: propertyValueSchema }))
      .output(deviceStateSchema),
    trigger: call
      .route({
        method: 'POST',
        path: '/devices/trigger',
        summary: 'Software trigger: take one frame',
        tags: ['Devices'],
      })
      .input(z.strictObject({ deviceId })),
    reconnect: call
      .route({
        method: 'POST',
        path: '/devices/reconnect',
        summary: 'Try a lost device again now',
        tags: ['Devices'],
      })
      .input(z.strictObject({ deviceId })),
  },

  stage: {
    move: call
      .route({
        method: 'POST',
        path: '/stage/move',
        summary: 'Move to, or by, µm; answers when arrived',
        tags: ['Stage'],
      })
      .input(
        z.strictObject({
          deviceId,
          mode: z.enum(['absolute', 'relative']).default('absolute'),
          ...stagePositionSchema.shape,
        }),
      )
      .output(stagePositionSchema),
    stop: call
      .route({ method: 'POST', path: '/stage/stop', summary: 'Halt all axes', tags: ['Stage'] })
      .input(z.strictObject({ deviceId }))
      .output(stagePositionSchema),
  },

  presets: {
    list: call
      .route({
        method: 'GET',
        path: '/presets',
        summary: 'Channels and other named settings',
        tags: ['Presets'],
      })
      .output(z.array(presetSchema)),
    apply: call
      .route({
        method: 'POST',
        path: '/presets/apply',
        summary: 'Apply a preset to its devices',
        tags: ['Presets'],
      })
      .input(z.strictObject({ group: z.string().min(1).max(200), name: z.string().min(1).max(200) })),
  },

  liveView: {
    start: call
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
      .input(z.strictObject({ detectorName: detectorName.optional() }).prefault({}))
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
    getParams: call
      .route({
        method: 'GET',
        path: '/liveview/params',
        summary: 'Parameters a stream has or would start with',
        tags: ['Live view'],
      })
      .input(z.strictObject({ detectorName: detectorName.optional(), protocol: protocolSchema.optional() }))
      .output(streamParamsSchema),
    active: call
      .route({ method: 'GET', path: '/liveview/active', summary: 'Running streams', tags: ['Live view'] })
      .output(z.array(activeStreamSchema)),
    status: call
      .route({
        method: 'GET',
        path: '/liveview/status',
        summary: 'All cameras: streaming or not, protocol, parameters',
        tags: ['Live view'],
      })
      .output(streamStatusSchema),
    diagnostics: call
      .route({
        method: 'GET',
        path: '/liveview/diagnostics',
        summary: 'Frame counts and rates, stage by stage',
        tags: ['Live view'],
      })
      .input(z.strictObject({ detectorName: detectorName.optional() }))
      .output(z.array(streamStatsSchema)),
    longExposure: call
      .route({
        method: 'GET',
        path: '/liveview/longExposure',
        summary: 'Is the exposure too long for a live view?',
        tags: ['Live view'],
      })
      .input(z.strictObject({ detectorName: detectorName.optional() }))
      .output(longExposureInfoSchema),
  },

  alerts: {
    list: call
      .route({ method: 'GET', path: '/alerts', summary: 'What the user must know', tags: ['Alerts'] })
      .output(z.array(alertSchema)),
    dismiss: call
      .route({ method: 'POST', path: '/alerts/dismiss', summary: 'Hide an alert', tags: ['Alerts'] })
      .input(z.strictObject({ alertId: z.string().min(1).max(500) })),
  },

  settings: {
    get: call
      .route({ method: 'GET', path: '/settings', summary: 'Settings', tags: ['Settings'] })
      .output(settingsSchema),
    set: call
      .route({ method: 'POST', path: '/settings', summary: 'Change settings', tags: ['Settings'] })
      .input(settingsPatchSchema)
      .output(settingsSchema),
  },
}
