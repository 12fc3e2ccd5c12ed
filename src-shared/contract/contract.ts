/**
 * Every call that exists, with input and output. The HTTP API (`/api`, OpenAPI page at `/api/docs`), the desktop's
 * IPC and the typed client are derived from this; a call that is not here does not exist.
 */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import {
  accessTokenSchema,
  auditEntrySchema,
  controlStateSchema,
  createdTokenSchema,
  newTokenSchema,
  type Role,
  sessionSchema,
  takeControlResultSchema,
} from '../access.ts'
import { alertSchema } from '../alerts.ts'
import { snapRequestSchema, snapResultSchema } from '../capture.ts'
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
import { settingsPatchSchema, settingsSchema, whipSettingsSchema } from '../settings.ts'
import { sharingPatchSchema, sharingStateSchema } from '../sharing.ts'
import { protocolSchema, streamParamsPatchSchema, streamParamsSchema } from '../stream-params.ts'
import { viewerInfoSchema } from '../viewers.ts'
import { iceCandidateSchema, webrtcAnswerSchema, webrtcOfferSchema } from '../webrtc.ts'
import { errorMap } from './error-map.ts'
import { engineEventSchema, hostInfoSchema } from './events.ts'

/** Who may make a call; enforced by the router for every way in. */
export type CallAccess = {
  /** The least role. */
  readonly role: Role
  /** Whether the caller must hold the operator's control (taken by the call itself when nobody does). */
  readonly control: boolean
}

/** Changes something at the microscope. */
const call = oc.$meta<CallAccess>({ role: 'operator', control: true }).errors(errorMap)
/** Changes something that two operators cannot dispute, or that must never wait. */
const freeCall = call.meta({ role: 'operator', control: false })
/** Changes nothing. */
const view = call.meta({ role: 'viewer', control: false })
/** Decides about others. */
const own = call.meta({ role: 'owner', control: false })

const detectorName = z.string().min(1).max(200).describe('Id or name of a camera')
const deviceId = z.string().min(1).max(200).describe('Id of a device')

export const contract = {
  system: {
    info: view
      .route({
        method: 'GET',
        path: '/system/info',
        summary: 'Version and abilities of this host',
        tags: ['System'],
      })
      .output(hostInfoSchema),
    events: view
      .route({
        method: 'GET',
        path: '/system/events',
        summary: 'Everything that changes, as server-sent events; the first is a snapshot',
        tags: ['System'],
      })
      .output(eventIterator(engineEventSchema)),
  },

  devices: {
    list: view
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
    reconnect: freeCall
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
    stop: freeCall
      .route({ method: 'POST', path: '/stage/stop', summary: 'Halt all axes', tags: ['Stage'] })
      .input(z.strictObject({ deviceId }))
      .output(stagePositionSchema),
  },

  presets: {
    list: view
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
  },

  capture: {
    snap: call
      .route({
        method: 'POST',
        path: '/capture/snap',
        summary: 'Take one image at full bit depth and keep it; answers when it is written',
        tags: ['Capture'],
      })
      .input(snapRequestSchema.prefault({}))
      .output(snapResultSchema),
  },

  alerts: {
    list: view
      .route({ method: 'GET', path: '/alerts', summary: 'What the user must know', tags: ['Alerts'] })
      .output(z.array(alertSchema)),
    dismiss: freeCall
      .route({ method: 'POST', path: '/alerts/dismiss', summary: 'Hide an alert', tags: ['Alerts'] })
      .input(z.strictObject({ alertId: z.string().min(1).max(500) })),
  },

  settings: {
    get: view
      .route({ method: 'GET', path: '/settings', summary: 'Settings', tags: ['Settings'] })
      .output(settingsSchema),
    set: call
      .route({ method: 'POST', path: '/settings', summary: 'Change settings', tags: ['Settings'] })
      .input(settingsPatchSchema)
      .output(settingsSchema),
  },

  access: {
    session: view
      .route({
        method: 'GET',
        path: '/access/session',
        summary: 'Who you are here, and who operates',
        tags: ['Access'],
      })
      .output(sessionSchema),
    takeControl: freeCall
      .route({
        method: 'POST',
        path: '/access/takeControl',
        summary: 'Become the one who operates; asks the present one, who has 30 s to refuse',
        tags: ['Access'],
      })
      .output(takeControlResultSchema),
    releaseControl: freeCall
      .route({
        method: 'POST',
        path: '/access/releaseControl',
        summary: 'Stop operating, or stop asking to',
        tags: ['Access'],
      })
      .output(controlStateSchema),
    answerControl: freeCall
      .route({
        method: 'POST',
        path: '/access/answerControl',
        summary: 'As the one who operates: hand over to who asks, or refuse',
        tags: ['Access'],
      })
      .input(z.strictObject({ grant: z.boolean() }))
      .output(controlStateSchema),
    tokens: own
      .route({
        method: 'GET',
        path: '/access/tokens',
        summary: 'Access tokens, without secrets',
        tags: ['Access'],
      })
      .output(z.array(accessTokenSchema)),
    createToken: own
      .route({
        method: 'POST',
        path: '/access/tokens',
        summary: 'Make an access token; its secret is told this once',
        tags: ['Access'],
      })
      .input(newTokenSchema)
      .output(createdTokenSchema),
    revokeToken: own
      .route({
        method: 'POST',
        path: '/access/revokeToken',
        summary: 'Make a token invalid and disconnect who uses it',
        tags: ['Access'],
      })
      .input(z.strictObject({ tokenId: z.string().min(1).max(100) })),
    audit: own
      .route({
        method: 'GET',
        path: '/access/audit',
        summary: 'Who changed what, newest first',
        tags: ['Access'],
      })
      .input(z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) }))
      .output(z.array(auditEntrySchema)),
  },

  sharing: {
    state: view
      .route({
        method: 'GET',
        path: '/sharing',
        summary: 'Whether and where other computers are served',
        tags: ['Sharing'],
      })
      .output(sharingStateSchema),
    set: own
      .route({
        method: 'POST',
        path: '/sharing',
        summary: 'Begin, change or end sharing; answers when that has happened',
        tags: ['Sharing'],
      })
      .input(sharingPatchSchema)
      .output(sharingStateSchema),
    publish: own
      .route({
        method: 'POST',
        path: '/sharing/publish',
        summary: 'Publish a stream to a media server by WHIP; null ends it',
        tags: ['Sharing'],
      })
      .input(z.strictObject({ whip: whipSettingsSchema.nullable() })),
  },

  viewers: {
    list: own
      .route({ method: 'GET', path: '/viewers', summary: 'Who watches', tags: ['Sharing'] })
      .output(z.array(viewerInfoSchema)),
    disconnect: own
      .route({
        method: 'POST',
        path: '/viewers/disconnect',
        summary: 'Disconnect a viewer',
        tags: ['Sharing'],
      })
      .input(z.strictObject({ viewerId: z.string().min(1).max(200) })),
  },

  webrtc: {
    offer: view
      .route({
        method: 'POST',
        path: '/webrtc/offer',
        summary: 'Watch by WebRTC: answers an SDP offer; starts the stream if need be',
        tags: ['WebRTC'],
      })
      .input(webrtcOfferSchema)
      .output(webrtcAnswerSchema),
    addCandidates: view
      .route({
        method: 'POST',
        path: '/webrtc/candidates',
        summary: 'ICE candidates found after the offer',
        tags: ['WebRTC'],
      })
      .input(
        z.strictObject({
          sessionId: z.string().min(1).max(200),
          candidates: z.array(iceCandidateSchema).max(50),
        }),
      ),
    close: view
      .route({ method: 'POST', path: '/webrtc/close', summary: 'Stop watching', tags: ['WebRTC'] })
      .input(z.strictObject({ sessionId: z.string().min(1).max(200) })),
  },
}
