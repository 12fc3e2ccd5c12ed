/** ImSwitch's LiveViewController: streams and their settings. */
import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { LongExposureInfo } from '../../../src-shared/live-view.ts'
import { type Protocol, protocolSchema } from '../../../src-shared/stream-params.ts'
import { change, look } from '../server-context.ts'
import { call, type CallContext, type Controller, freeChange, inQuery } from './imswitch-call.ts'
import { enginePatch, imswitchPatchSchema } from './stream-settings.ts'
import {
  activeStreams,
  currentProtocol,
  diagnostics,
  getStreamParameters,
  streamStatus,
} from './stream-reports.ts'
import { streamSources } from './stream-sources.ts'

const detectorQuery = z.object({ detectorName: inQuery.name })
const patchBody = imswitchPatchSchema.nullish()

async function startLiveView(
  given: CallContext,
  wish: {
    readonly detectorName: string | undefined
    readonly protocol: Protocol
    readonly force: boolean
    readonly patch: z.output<typeof patchBody>
  },
) {
  const { liveView, devices } = given.context.engine
  const { settings, plain } = given.state
  const detector = devices.camera(wish.detectorName).id
  const { protocol, force } = wish
  const params = settings.resolve(detector, protocol, wish.patch ?? {})
  try {
    const result = await liveView.startLiveView({
      detectorName: detector,
      protocol,
      params: enginePatch(params),
      force,
    })
    if (result.status === 'long_exposure') {
      const { exposureMs, thresholdMs, message } = result
      return { status: 'long_exposure', detector, protocol, exposureMs, thresholdMs, message }
    }
    if (result.status === 'already_running') {
      plain.unfilter(detector)
      return alreadyRunning(detector, result.stream.protocol)
    }
    if (protocol === 'binary') plain.started(detector)
    const saved = settings.save(detector, params)
    return { status: 'success', detector, protocol, params: saved }
  } catch (error) {
    if (!(error instanceof CoverslipError) || error.code !== 'PROTOCOL_IN_USE') throw error
    const inUse = protocolSchema.safeParse(error.data?.['protocol'])
    return alreadyRunning(detector, inUse.success ? inUse.data : protocol)
  }
}

function alreadyRunning(detector: string, protocol: Protocol) {
  const message = `${detector} already streams by ${protocol}`
  return { status: 'already_running', detector, protocol, message }
}

async function stopLiveView({ context }: CallContext, detectorName: string | undefined) {
  const first = detectorName ?? activeStreams(context.engine)[0]?.detectorName
  const result = await context.engine.liveView.stopLiveView({ detectorName: first })
  if (result.status === 'stopped')
    return { status: 'success', detector: result.detectorName, protocol: result.protocol }
  const named = result.detectorName === undefined ? {} : { detector: result.detectorName }
  return { status: 'not_running', ...named, message: result.message }
}

function setStreamParameters(
  { context, state }: CallContext,
  protocol: Protocol,
  patch: z.output<typeof patchBody>,
) {
  const params = state.settings.changeProtocol(protocol, patch ?? {})
  const updated: string[] = []
  for (const stream of context.engine.liveView.getActiveStreams()) {
    if (stream.protocol !== protocol) continue
    const { detectorName } = stream
    const changed = state.settings.changeStream(stream, patch ?? {})
    context.engine.liveView.setStreamParams({ detectorName, protocol, params: enginePatch(changed) })
    updated.push(detectorName)
  }
  const message = `Settings of ${protocol} streams changed`
  const also = updated.length === 0 ? {} : { updated_detectors: updated }
  return { status: 'success', protocol, params, message, ...also }
}

function setDetectorStreamParameters(
  { context, state }: CallContext,
  detectorName: string,
  patch: z.output<typeof patchBody>,
) {
  const detector = context.engine.devices.camera(detectorName).id
  const stream = context.engine.liveView.getActiveStreams().find((active) => active.detectorName === detector)
  if (stream === undefined) {
    const params = state.settings.changeDetector(detector, patch ?? {})
    return { status: 'success', detector, params, restarted: false }
  }
  const { protocol } = stream
  const params = state.settings.changeStream(stream, patch ?? {})
  context.engine.liveView.setStreamParams({ detectorName: detector, protocol, params: enginePatch(params) })
  return { status: 'success', detector, params, restarted: false, updated_live: true }
}

function longExposure({ context }: CallContext, detectorName: string | undefined) {
  const { detectorName: detector, ...info }: LongExposureInfo = context.engine.liveView.getLongExposureInfo({
    detectorName,
  })
  return { detector, ...info }
}

/** An unknown detector is no reason to fail here. */
function longExposureOrError(given: CallContext, detectorName: string | undefined) {
  try {
    return longExposure(given, detectorName)
  } catch (error) {
    const reason = { detector: detectorName ?? null, exposureMs: 0, thresholdMs: 0, isLongExposure: false }
    return { ...reason, error: CoverslipError.from(error).message }
  }
}

async function stopForLongExposure(given: CallContext, detectorName: string | undefined) {
  const info = longExposureOrError(given, detectorName)
  if (!info.isLongExposure) return { ...info, stopped: false }
  const { liveView } = given.context.engine
  const stoppedDetectors = [...new Set(liveView.getActiveStreams().map((stream) => stream.detectorName))]
  await liveView.stopAll()
  return { ...info, stopped: stoppedDetectors.length > 0, stoppedDetectors }
}

const inBody = { errorsInBody: true } as const

/** Calls of LiveViewController. */
export const liveViewController: Controller = {
  name: 'LiveViewController',
  calls: {
    getLiveViewActive: call({
      ...inBody,
      needed: look,
      run: ({ context }) => context.engine.liveView.getActiveStreams().length > 0,
    }),
    getLongExposureInfo: call({
      ...inBody,
      needed: look,
      query: detectorQuery,
      run: (given) => longExposureOrError(given, given.query.detectorName),
    }),
    stopLiveViewForLongExposure: call({
      ...inBody,
      needed: change,
      query: detectorQuery,
      run: (given) => stopForLongExposure(given, given.query.detectorName),
    }),
    startLiveView: call({
      ...inBody,
      verb: 'POST',
      needed: freeChange,
      query: z.object({
        detectorName: inQuery.name,
        protocol: protocolSchema.default('jpeg'),
        force: inQuery.flag.default(false),
      }),
      body: patchBody,
      run: (given) => {
        const { detectorName, protocol, force } = given.query
        return startLiveView(given, { detectorName, protocol, force, patch: given.body })
      },
    }),
    stopLiveView: call({
      ...inBody,
      needed: change,
      // The camera stops with its last user, so there is nothing to do for `stopCamera`.
      query: detectorQuery.extend({ stopCamera: inQuery.flag.default(true) }),
      run: (given) => stopLiveView(given, given.query.detectorName),
    }),
    setStreamParameters: call({
      ...inBody,
      verb: 'POST',
      needed: change,
      query: z.object({ protocol: protocolSchema }),
      body: imswitchPatchSchema,
      run: (given) => setStreamParameters(given, given.query.protocol, given.body),
    }),
    getStreamParameters: call({
      ...inBody,
      needed: look,
      query: z.object({ protocol: inQuery.name, detectorName: inQuery.name }),
      run: (given) => getStreamParameters(given, knownProtocol(given.query.protocol)),
    }),
    setDetectorStreamParameters: call({
      ...inBody,
      verb: 'POST',
      needed: change,
      query: z.object({ detectorName: z.string().min(1).max(200) }),
      body: imswitchPatchSchema,
      run: (given) => setDetectorStreamParameters(given, given.query.detectorName, given.body),
    }),
    getActiveStreams: call({
      ...inBody,
      needed: look,
      run: ({ context }) => ({
        status: 'success',
        active_streams: activeStreams(context.engine).map(({ detectorName: detector, protocol }) => ({
          detector,
          protocol,
        })),
      }),
    }),
    getStreamDiagnostics: call({
      ...inBody,
      needed: look,
      query: detectorQuery,
      run: (given) => diagnostics(given, given.query.detectorName),
    }),
    getCurrentStreamProtocol: call({
      ...inBody,
      needed: look,
      query: detectorQuery,
      run: (given) => currentProtocol(given, given.query.detectorName),
    }),
    getStreamStatus: call({ ...inBody, needed: look, run: streamStatus }),
    ...streamSources,
  },
}

function knownProtocol(name: string | undefined): Protocol | undefined {
  if (name === undefined) return undefined
  const protocol = protocolSchema.safeParse(name)
  if (protocol.success) return protocol.data
  throw new CoverslipError('UNKNOWN_PROTOCOL', `There is no protocol ${name}`, {
    hint: `There are: ${protocolSchema.options.join(', ')}.`,
  })
}
