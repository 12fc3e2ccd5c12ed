import { standardProperty } from '../../src-shared/devices.ts'
import { pixelFormatSchema } from '../../src-shared/frames/pixel-format.ts'
import type { EngineClient } from '../backend/backend.ts'
import { callFailure } from '../backend/call-failure.ts'
import type { VideoSignalling } from '../display/video-connection.ts'
import type { EngineStore } from './engine-store.ts'
import { deviceById, propertyOf } from './selectors.ts'

/** How the display's WebRTC connections are made with this engine. */
export function videoSignalling(
  client: Pick<EngineClient, 'webrtc'>,
  engine: Pick<EngineStore, 'getState'>,
): VideoSignalling {
  return {
    offer: (offer) => client.webrtc.offer({ ...offer, client: 'app' }),
    addCandidates: async (candidates) => {
      await client.webrtc.addCandidates(candidates)
    },
    close: async (session) => {
      await client.webrtc.close(session)
    },
    iceServers: () =>
      (engine.getState().settings?.iceServers ?? []).map(({ urls, username, credential }) => ({
        urls,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      })),
    pixelFormat: (detectorName) => {
      const camera = deviceById(engine.getState(), detectorName)
      const format = pixelFormatSchema.safeParse(propertyOf(camera, standardProperty.pixelFormat)?.value)
      return format.success ? format.data : 'Mono16'
    },
    describe: callFailure,
  }
}
