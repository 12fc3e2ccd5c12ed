/** What ImSwitch's LiveViewController reports of streams. */
import type { ActiveStream } from '../../../src-shared/live-view.ts'
import { type Protocol, protocolSchema } from '../../../src-shared/stream-params.ts'
import type { Engine } from '../../engine/create-engine.ts'
import type { CallContext } from './imswitch-call.ts'
import type { ImSwitchParams } from './stream-settings.ts'

/** Streams, the one that was started last first: clients show that one. */
export function activeStreams({ liveView }: Engine): ActiveStream[] {
  return liveView.getActiveStreams().toSorted((a, b) => b.startedAt - a.startedAt)
}

function streamOf({ context }: CallContext, detectorName: string | undefined): ActiveStream | undefined {
  const id = detectorName === undefined ? undefined : context.engine.devices.camera(detectorName).id
  return activeStreams(context.engine).find((stream) => id === undefined || stream.detectorName === id)
}

/** Settings of one protocol, or of all protocols and detectors. */
export function getStreamParameters({ context, state }: CallContext, protocol: Protocol | undefined) {
  const active = activeStreams(context.engine)
  const detectorsOf = (wanted: Protocol) =>
    active.filter((stream) => stream.protocol === wanted).map(({ detectorName }) => detectorName)
  const activity = (wanted: Protocol) => ({
    active_detectors: detectorsOf(wanted),
    is_active: detectorsOf(wanted).length > 0,
  })
  if (protocol !== undefined)
    return { status: 'success', protocol, params: state.settings.of(protocol), ...activity(protocol) }
  return {
    status: 'success',
    current_active_protocols: Object.fromEntries(
      active.toReversed().map((stream) => [stream.detectorName, stream.protocol]),
    ),
    current_protocol: active[0]?.protocol ?? null,
    total_active_streams: active.length,
    protocols: Object.fromEntries(
      protocolSchema.options.map((name) => [name, { ...state.settings.of(name), ...activity(name) }]),
    ),
    per_detector: Object.fromEntries(state.settings.perDetector(active)),
  }
}

/** Counts of all cameras, or of one. */
export function diagnostics({ context }: CallContext, detectorName: string | undefined) {
  const { liveView, devices } = context.engine
  const wanted = detectorName === undefined ? undefined : devices.camera(detectorName).id
  const cameras = devices
    .devices()
    .filter(({ id, description }) => description.kind === 'camera' && (wanted ?? id) === id)
  const running = liveView.getDiagnostics({ detectorName })
  return Object.fromEntries(
    cameras.map(({ id }) => {
      const stats = running.find((candidate) => candidate.detectorName === id)
      if (stats === undefined) return [id, {}]
      const { encoder, camera, protocol } = stats
      const worker = {
        frames_emitted: encoder.frames,
        emit_ms_avg: encoder.encodeMs,
        emit_ms_max: encoder.encodeMsMax,
        fps_emit: encoder.fps,
      }
      return [id, { camera, protocol, worker }]
    }),
  )
}

/** By what a detector streams; absent: the stream that was started last. */
export function currentProtocol(given: CallContext, detectorName: string | undefined) {
  const { context, state } = given
  const detector = detectorName ?? activeStreams(context.engine)[0]?.detectorName
  const { id } = context.engine.devices.camera(detector)
  const stream = streamOf(given, id)
  if (stream === undefined) {
    const message = `${id} does not stream`
    return { status: 'success', detector: id, protocol: null, is_streaming: false, message }
  }
  const { protocol } = stream
  return {
    status: 'success',
    detector: id,
    protocol,
    is_streaming: true,
    params: state.settings.of(protocol),
  }
}

/** All cameras: streaming or not. */
export function streamStatus({ context, state }: CallContext) {
  const active = activeStreams(context.engine)
  const cameras = context.engine.devices.devices().filter(({ description }) => description.kind === 'camera')
  const detectors = cameras.map(({ id }) => {
    const stream = active.find(({ detectorName }) => detectorName === id)
    const params: ImSwitchParams | null = stream === undefined ? null : state.settings.of(stream.protocol)
    return [id, { is_streaming: stream !== undefined, protocol: stream?.protocol ?? null, params }] as const
  })
  return {
    status: 'success',
    total_detectors: cameras.length,
    active_streams: active.length,
    detectors: Object.fromEntries(detectors),
    available_protocols: protocolSchema.options,
  }
}
