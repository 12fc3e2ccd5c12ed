/**
 * Page of the WebRTC benchmark. Query: seconds to watch for, or cycles of connecting and leaving (beside a connection
 * that stays, with `steady`); POSTs offers to /offer and what it found to /results.
 */
import {
  clockPongSchema,
  frameChannelLabel,
  type VideoFrameNote,
  withCaptureTimes,
} from '../../../src-shared/webrtc.ts'
import { leaveCall } from '../../../src-renderer/display/leave-call.ts'
import { markBits, markShare, type WebrtcResults } from './results.ts'

const query = new URLSearchParams(location.search)
const video = document.querySelector('video')
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const unixMs = (pageMs: number) => performance.timeOrigin + pageMs

async function post(path: string, body: string): Promise<string> {
  const response = await fetch(path, { method: 'POST', body })
  if (!response.ok) throw new Error(await response.text())
  return response.text()
}

async function connect() {
  const connection = new RTCPeerConnection()
  const channel = connection.createDataChannel(frameChannelLabel)
  const { receiver } = connection.addTransceiver('video', { direction: 'recvonly' })
  const offer = await connection.createOffer()
  const sdp = withCaptureTimes(offer.sdp ?? '')
  await connection.setLocalDescription({ type: 'offer', sdp })
  const startMs = performance.now()
  const answer = await post('/offer', sdp)
  const signallingMs = performance.now() - startMs
  await connection.setRemoteDescription({ type: 'answer', sdp: answer })
  receiver.jitterBufferTarget = 0
  return { connection, channel, track: receiver.track, signallingMs }
}

/** Luminance of the middle row of the squares. */
let row = new Uint8Array(0)

/**
 * The number in the picture, and -1 when it cannot be read. Of the decoder's own planes, as a canvas would convert the
 * whole picture to RGB: that takes the page so long that it misses frames.
 */
async function readNumber(source: HTMLVideoElement): Promise<number> {
  const frame = new VideoFrame(source)
  try {
    const side = source.videoWidth * markShare
    const rect = { x: 0, y: 2 * Math.round(side / 4), width: markBits * side, height: 2 }
    const bytes = frame.allocationSize({ rect })
    if (row.length !== bytes) row = new Uint8Array(bytes)
    const [luma] = await frame.copyTo(row, { rect })
    let number = 0
    for (let bit = 0; bit < markBits; bit++)
      if ((row[(luma?.offset ?? 0) + Math.round((bit + 0.5) * side)] ?? 0) > 127) number |= 1 << bit
    return number
  } catch (error) {
    console.error(error)
    return -1
  } finally {
    frame.close()
  }
}

async function watch(seconds: number): Promise<WebrtcResults> {
  if (video === null) throw new Error('no video element')
  const { connection, channel, track, signallingMs } = await connect()
  const notes: VideoFrameNote[] = []
  channel.onmessage = ({ data }) => {
    const message = JSON.parse(String(data))
    if (message.type === 'frame') notes.push(message)
    else clockPongSchema.parse(message)
  }
  video.srcObject = new MediaStream([track])
  await video.play()
  const seen: [number, number][] = []
  let [matched, mismatched] = [0, 0]
  const captureErrorsMs: number[] = []
  // The first seconds are for the bit rate to rise.
  const fromMs = performance.now() + 4000
  const look = (nowMs: number, frame: VideoFrameCallbackMetadata) => {
    video.requestVideoFrameCallback(look)
    if (nowMs >= fromMs) void readNumber(video).then((number) => add(number, frame))
  }
  const add = (number: number, frame: VideoFrameCallbackMetadata) => {
    seen.push([number, unixMs(frame.expectedDisplayTime)])
    if (frame.captureTime === undefined) return
    const handedMs = unixMs(frame.captureTime)
    const own = notes.findLast(({ sequence }) => sequence % 2 ** markBits === number)
    if (own !== undefined) captureErrorsMs.push(handedMs - own.encodedAtMs)
    // One computer, one clock: no need to compare.
    const distance = (note: VideoFrameNote) => Math.abs(note.encodedAtMs - handedMs)
    const nearest = notes.slice(-60).reduce((best, note) => (distance(note) < distance(best) ? note : best))
    if (nearest.sequence % 2 ** markBits === number) matched += 1
    else mismatched += 1
  }
  video.requestVideoFrameCallback(look)
  await delay(4000)
  const before = await inbound(connection)
  await delay(1000 * seconds)
  const after = await inbound(connection)
  connection.close()
  const per = (total: string, count: string) =>
    (1000 * (Number(after?.[total]) - Number(before?.[total]))) /
    (Number(after?.[count]) - Number(before?.[count]))
  return {
    signallingMs: [signallingMs],
    seen,
    matched,
    mismatched,
    captureErrorsMs,
    notes: notes.map(({ sequence, capturedAtMs }) => [sequence, capturedAtMs]),
    frameWidth: Number(after?.['frameWidth']),
    framesDropped: Number(after?.['framesDropped']) - Number(before?.['framesDropped']),
    kbps: ((Number(after?.['bytesReceived']) - Number(before?.['bytesReceived'])) * 8) / 1000 / seconds,
    jitterBufferMs: per('jitterBufferDelay', 'jitterBufferEmittedCount'),
    decodeMs: per('totalDecodeTime', 'framesDecoded'),
  }
}

async function inbound(connection: RTCPeerConnection): Promise<Record<string, unknown> | undefined> {
  const reports: Record<string, unknown>[] = []
  for (const report of (await connection.getStats()).values()) reports.push(report)
  return reports.find(({ type }) => type === 'inbound-rtp')
}

async function cycle(cycles: number): Promise<WebrtcResults> {
  const signallingMs: number[] = []
  const steady = query.has('steady') ? await connect() : undefined
  for (let round = 0; round < cycles; round++) {
    const { connection, channel, signallingMs: ms } = await connect()
    signallingMs.push(ms)
    await connected(connection)
    await delay(50)
    leaveCall(connection, channel)
  }
  const state = steady?.connection.connectionState ?? 'connected'
  if (state !== 'connected') throw new Error(`the connection that was to stay is ${state}`)
  return { signallingMs, seen: [], notes: [], matched: 0, mismatched: 0, captureErrorsMs: [] }
}

function connected(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('not connected within 15 s')), 15_000)
    const look = () => {
      if (connection.connectionState !== 'connected') return
      clearTimeout(timer)
      resolve()
    }
    connection.onconnectionstatechange = look
    look()
  })
}

const cycles = Number(query.get('cycles'))
const results = (cycles > 0 ? cycle(cycles) : watch(Number(query.get('seconds')))).catch(
  (error: unknown): WebrtcResults => ({
    error: String(error),
    signallingMs: [],
    seen: [],
    notes: [],
    matched: 0,
    mismatched: 0,
    captureErrorsMs: [],
  }),
)
await post('/results', JSON.stringify(await results))
