/** Page of the display tests: one LiveDisplay fed by the server that the page comes from, or (`?source=port`) by a port. */
import { LiveDisplay } from '../../../src-renderer/display/live-display.ts'
import type { FrameSource } from '../../../src-renderer/display/display-types.ts'
import './harness.ts'

const canvas = document.querySelector('canvas')
if (canvas === null) throw new Error('The page has no canvas')

const requests: unknown[] = []
const { port1: host, port2: port } = new MessageChannel()
host.onmessage = ({ data }: MessageEvent<{ type: string; id: number }>) => {
  requests.push(data)
  if (data.type === 'subscribe') host.postMessage({ type: 'reply', id: data.id, reply: { ok: true } })
  if (data.type === 'clock') {
    const hostTimeMs = performance.timeOrigin + performance.now()
    host.postMessage({ type: 'reply', id: data.id, reply: { hostTimeMs } })
  }
}
const source: FrameSource =
  new URLSearchParams(location.search).get('source') === 'port'
    ? { kind: 'port', port }
    : { kind: 'socket', url: location.origin, path: '/socket.io/' }

const display = new LiveDisplay(canvas, source)
globalThis.harness = {
  display,
  frames: [],
  histograms: [],
  stats: [],
  probes: [],
  states: [],
  requests,
  send: (message) => host.postMessage(message),
}
display.onFrame((frame) => harness.frames.push(frame))
display.onHistogram((histogram) => harness.histograms.push(histogram))
display.onStats((stats) => harness.stats.push(stats))
display.onProbe((probe) => harness.probes.push(probe))
display.onConnection((state) => harness.states.push(state))
display.resize(canvas.clientWidth, canvas.clientHeight, devicePixelRatio)
