/** The parts of ImSwitch's LiveViewController that hand out a stream: MJPEG and WebRTC. */
import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { maxSdpLength } from '../../../src-shared/webrtc.ts'
import { serveMjpeg } from '../mjpeg.ts'
import { change, look } from '../server-context.ts'
import { answerViewer } from '../webrtc-viewer.ts'
import { call, type ImSwitchCall, inQuery } from './imswitch-call.ts'
import { enginePatch, imswitchPatchSchema } from './stream-settings.ts'

const offerSchema = z.object({
  sdp: z.string().min(1).max(maxSdpLength),
  sdp_type: z.literal('offer').optional(),
  type: z.literal('offer').optional(),
  detectorName: z.string().max(200).nullish(),
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
    run: async ({ context, state, caller: { role }, request, body }) => {
      const given = body.params ?? {}
      const params =
        role === 'viewer' || Object.keys(given).length === 0
          ? {}
          : { params: enginePatch(state.settings.changeProtocol('webrtc', given)) }
      const { detectorName } = body
      // Pages send null or an empty name for the first camera.
      const named = typeof detectorName === 'string' && detectorName !== '' ? { detectorName } : {}
      try {
        const offer = { sdp: body.sdp, ...named, ...params }
        const action = 'imswitch.LiveViewController.webrtc_offer'
        const answer = await answerViewer(context, request.raw, { action, offer })
        return { status: 'success', sdp: answer.sdp, type: 'answer' }
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
