/**
 * Every call that exists, with input and output. The HTTP API (`/api`, OpenAPI page at `/api/docs`), the desktop's
 * IPC and the typed client are derived from this; a call that is not here does not exist.
 */
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { alertSchema } from '../alerts.ts'
import { snapRequestSchema, snapResultSchema } from '../capture.ts'
import { stagePositionSchema } from '../frames/frame-info.ts'
import { settingsPatchSchema, settingsSchema } from '../settings.ts'
import { iceCandidateSchema, webrtcAnswerSchema, webrtcOfferSchema } from '../webrtc.ts'
import { acquisitionCalls, planCalls } from './acquisition-calls.ts'
import { call, deviceId, freeCall, view } from './call-kinds.ts'
import { deviceCalls, hardwareCalls } from './device-calls.ts'
import { engineEventSchema, hostInfoSchema } from './events.ts'
import { focusCalls } from './focus-calls.ts'
import { galleryCalls } from './gallery-calls.ts'
import { liveViewCalls } from './live-view-calls.ts'
import { presetCalls } from './preset-calls.ts'
import { recordingCalls } from './recording-calls.ts'
import { accessCalls, sharingCalls, viewersCalls } from './sharing-calls.ts'

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

  devices: deviceCalls,

  hardware: hardwareCalls,

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

  presets: presetCalls,

  focus: focusCalls,

  liveView: liveViewCalls,

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

  recording: recordingCalls,

  acquisition: acquisitionCalls,

  plans: planCalls,

  gallery: galleryCalls,

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

  access: accessCalls,

  sharing: sharingCalls,

  viewers: viewersCalls,

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
