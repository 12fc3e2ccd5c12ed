/** The parts of ImSwitch's LiveViewController that hand out a stream: MJPEG and WebRTC. */
import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { serveMjpeg } from '../mjpeg.ts'
import { change, look } from '../server-context.ts'
import { answerWebrtcOffer } from '../webrtc-offer.ts'
import { call, type ImSwitchCall, inQuery } from './imswitch-call.ts'
import { enginePatch, imswitchPatchSchema } from './stream-settings.ts'

/** What is ImSwitch's about an offer; the rest is read where all offers are. */
const offerSchema = z.object({
  sdp: z.string(),
  type: z.unknown().optional(),
  sdp_type: z.unknown().optional(),
  detectorName: z.string().nullish(),
  params: imswitchPatchSchema.nullish(),
})

const mjpegQuery = z.object({ startStream: inQuery.flag.default(true), detectorName: inQuery.name })

export const streamSources: Readonly<Record<string, ImSwitchCall>> = {
  mjpeg_stream: call({
    errorsInBody: true,
    needed: ({ startStream }) => (startStream ? look : change),
    query: mjpegQuery,
    run: async ({ context, request, reply, query: { startStream, detectorName } }) => {
      const { engine } = context
      if (!startStream) {
        await engine.liveView.stopLiveView({ detectorName, protocol: 'mjpeg' })
        return { status: 'success', message: 'stream stopped' }
      }
      try {
        return await serveMjpeg(context, request, reply, { detectorName })
      } catch (error) {
        const { code, message } = CoverslipError.from(error)
        if (code === 'PROTOCOL_IN_USE') return { status: 'error', message: 'Failed to get MJPEG worker' }
        if (code !== 'LONG_EXPOSURE') throw error
        const {
          detectorName: detector,
          exposureMs,
          thresholdMs,
        } = engine.liveView.getLongExposureInfo({
          detectorName,
        })
        return { status: 'long_exposure', detector, protocol: 'mjpeg', exposureMs, thresholdMs, message }
      }
    },
  }),
  webrtc_offer: call({
    errorsInBody: true,
    verb: 'POST',
    needed: look,
    body: offerSchema,
    run: async ({ context, state, request, body: { params: patch, detectorName, ...rest } }) => {
      const given = patch ?? {}
      // For this stream only: settings are changed by `setStreamParameters`.
      const params =
        Object.keys(given).length === 0 ? {} : enginePatch(state.settings.withPatch('webrtc', given))
      // Pages send an empty name, too, for the first camera.
      const body = { ...rest, detectorName: detectorName === '' ? null : detectorName, params }
      try {
        const action = 'imswitch.LiveViewController.webrtc_offer'
        return await answerWebrtcOffer(context, request.raw, { action, body })
      } catch (error) {
        if (!(error instanceof CoverslipError) || error.code !== 'PROTOCOL_IN_USE') throw error
        return { status: 'error', message: `Failed to get WebRTC worker: ${error.message}` }
      }
    },
  }),
  webrtc_ice_candidate: call({
    needed: look,
    run: () => ({ status: 'success', message: 'ICE candidate received' }),
  }),
}
