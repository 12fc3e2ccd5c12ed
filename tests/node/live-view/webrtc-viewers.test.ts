import { afterEach, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { webrtcAvailable } from '../../../src-main/live-view/webrtc/webrtc-library.ts'
import type { EngineEvent } from '../../../src-shared/contract/events.ts'
import type { CoverslipError } from '../../../src-shared/errors.ts'
import type { StreamParamsPatch } from '../../../src-shared/stream-params.ts'
import { videoFrameNoteSchema } from '../../../src-shared/webrtc.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { peerProcesses } from '../../fixtures/peer-process-ids.ts'
import { barValue, patternConnection, type PatternOptions } from '../../fixtures/pattern-driver.ts'
import { endViewers, type SeenFrame, WebrtcViewer } from '../../fixtures/webrtc-viewer.ts'

const somebody = {
  callerId: 'somebody',
  label: 'Somebody',
  role: 'operator',
  address: '127.0.0.1',
  client: 'webrtc',
} as const

let engine: Engine
let events: EngineEvent[]

async function open(options: PatternOptions = {}) {
  engine = await createEngine({ connections: [patternConnection(options)] })
  events = []
  engine.on((event) => events.push(event))
}

afterEach(async () => {
  endViewers()
  await engine.close()
})

async function connect(params: StreamParamsPatch = {}, callerId: string = somebody.callerId) {
  const viewer = new WebrtcViewer()
  const { sessionId } = await viewer.connect((sdp) =>
    engine.webrtc.answer({ sdp, params }, { ...somebody, callerId }),
  )
  return { viewer, sessionId }
}

/** Brightness of the eight bars, black 0 and white 1. */
const bars = ({ luma }: SeenFrame) => luma.slice(24, 32).map((y) => (y - 16) / 219)
const near = (a: readonly number[], b: readonly number[], by = 0.04) =>
  a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] ?? Number.NaN)) < by)
const ideal = (low: number, high: number, gamma = 1) =>
  Array.from(
    { length: 8 },
    (_, i) => Math.min(1, Math.max(0, (barValue(i) - low) / (high - low))) ** (1 / gamma),
  )

if (!webrtcAvailable()) console.log('WebRTC tests are skipped: @roamhq/wrtc is not installed')

describe.skipIf(!webrtcAvailable())('viewers by WebRTC', () => {
  it('see black as black, white as white and the grey levels in between', async () => {
    await open({ width: 800, height: 600 })
    const { viewer } = await connect({ windowMode: 'full' })
    const frame = await viewer.see('all bars', (seen) => near(bars(seen), ideal(0, 4095)))
    expect([frame.width, frame.height]).toEqual([800, 600])
    expect(frame.chroma).toEqual([128, 128])
  })

  it('see window, gamma, size and rate change without connecting anew', async () => {
    await open({ width: 801, height: 601 })
    const { viewer, sessionId } = await connect({ windowMode: 'full' })
    await viewer.see('an even size', ({ width, height }) => width === 800 && height === 600)
    const window = { windowMode: 'manual', windowLow: 1000, windowHigh: 3000 } as const
    engine.liveView.setStreamParams({ params: window })
    await viewer.see('the window', (seen) => near(bars(seen), ideal(1000, 3000)))
    engine.liveView.setStreamParams({ params: { gamma: 2 } })
    await viewer.see('gamma', (seen) => near(bars(seen), ideal(1000, 3000, 2)))
    engine.liveView.setStreamParams({ params: { maxWidth: 333, windowMode: 'full', gamma: 1 } })
    // 332 is what is even; 601 / 801 of it is 249.1.
    await viewer.see(
      'a small image',
      (seen) => seen.width === 332 && seen.height === 250 && near(bars(seen), ideal(0, 4095), 0.08),
    )
    for (const bitrateKbps of [4000, 900, 3000, 500])
      engine.liveView.setStreamParams({ params: { bitrateKbps } })
    await viewer.see('a frame after the new bit rate')
    engine.liveView.setStreamParams({ params: { cropSize: 100 } })
    await viewer.see('the crop', ({ width, height }) => width === 100 && height === 100)
    expect(engine.webrtc.has(sessionId)).toBe(true)
    expect(viewer.state).toBe('connected')
  })

  it('see colours', async () => {
    await open({ pattern: 'blue' })
    const { viewer } = await connect({ windowMode: 'full', maxWidth: 320 })
    // BT.601 of (20, 40, 200).
    await viewer.see('blue', ({ luma: [y = 0], chroma: [u = 0, v = 0] }) =>
      near([y, u, v], [61, 201, 108], 5),
    )
  })

  it('get a note for each frame, and an answer to a ping but to nothing else', async () => {
    await open({ width: 1000, height: 500 })
    const { viewer } = await connect({ maxWidth: 500, windowMode: 'full' })
    await viewer.see('video')
    await eventually('notes', () => viewer.heard.length > 5)
    viewer.say('nonsense')
    viewer.say('x'.repeat(100_000))
    viewer.say(JSON.stringify({ type: 'ping', sentAtMs: 1, more: 2 }))
    viewer.say(JSON.stringify({ type: 'ping', sentAtMs: 42 }))
    const pong = await eventually('a pong', () => viewer.heard.find((text) => text.includes('pong')))
    expect(JSON.parse(pong)).toMatchObject({ type: 'pong', sentAtMs: 42 })
    expect(Math.abs(Number(JSON.parse(pong).hostTimeMs) - Date.now())).toBeLessThan(30_000)
    const notes = viewer.heard
      .filter((text) => text.includes('frame'))
      .map((text) => videoFrameNoteSchema.parse(JSON.parse(text)))
    expect(notes[0]).toMatchObject({
      width: 500,
      height: 250,
      scale: 2,
      cropX: 0,
      cropY: 0,
      pixelSizeUm: 1,
      stage: { x: 12, y: -3 },
      window: { low: 0, high: 4095, gamma: 1 },
    })
    const sequences = notes.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b))
    expect(notes.every(({ capturedAtMs, encodedAtMs }) => encodedAtMs > capturedAtMs)).toBe(true)
    expect(viewer.heard.filter((text) => text.includes('pong'))).toHaveLength(1)
  })

  it('are several, come and go, and do not disturb each other; the stream stops with the last', async () => {
    await open()
    const first = await connect()
    await first.viewer.see('video')
    const second = await connect()
    await second.viewer.see('video')
    await first.viewer.see('more video')
    await eventually('both with figures', () =>
      engine.viewers
        .list()
        .every(
          ({ fps, bytesPerSecond, roundTripMs }) =>
            fps > 0 && bytesPerSecond > 0 && roundTripMs !== undefined,
        ),
    )
    expect(engine.viewers.list()).toHaveLength(2)
    expect(engine.viewers.list()[0]).toMatchObject({
      label: 'Somebody',
      protocol: 'webrtc',
      client: 'webrtc',
      roundTripMs: expect.any(Number),
    })
    await eventually('the stream’s sums', () => {
      const [stats] = engine.liveView.getDiagnostics({})
      return stats !== undefined && stats.network.viewers === 2 && stats.network.bytesPerSecond > 0
    })
    first.viewer.leave()
    await eventually('the first to be gone', () => !engine.webrtc.has(first.sessionId))
    await second.viewer.see('video still')
    expect(engine.viewers.list()).toHaveLength(1)
    engine.viewers.disconnect(engine.viewers.list()[0]?.id ?? '')
    expect(engine.webrtc.has(second.sessionId)).toBe(false)
    const stopped = await eventually('the stream to stop', () =>
      events.find(({ type }) => type === 'streamStopped'),
    )
    expect(stopped).toMatchObject({ reason: 'no_viewer' })
    await eventually('the camera rests', () => !engine.devices.camera().acquiring)
    await eventually('the process to end', async () => (await peerProcesses()).length === 0)
  })

  it('that vanish are missed, and nothing is prepared for nobody', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'webrtc' })
    const { viewer, sessionId } = await connect()
    await viewer.see('video')
    viewer.vanish()
    await eventually('it to be missed', () => !engine.webrtc.has(sessionId))
    expect(engine.viewers.list()).toEqual([])
    const encoded = () => engine.liveView.getDiagnostics({})[0]?.encoder
    const before = encoded()?.noViewer ?? 0
    await eventually(
      'a report without a frame',
      () => (encoded()?.noViewer ?? 0) > before + 40 && encoded()?.fps === 0,
    )
  })

  it('lose their sessions when the stream is stopped', async () => {
    await open()
    const closed: string[] = []
    const { viewer, sessionId } = await connect()
    engine.webrtc.onClosed((id) => closed.push(id))
    await viewer.see('video')
    await engine.liveView.stopLiveView({})
    expect(closed).toEqual([sessionId])
    expect(engine.viewers.list()).toEqual([])
    await expect(
      engine.webrtc.addCandidates(sessionId, [{ candidate: '', sdpMid: '0' }]),
    ).rejects.toMatchObject({ code: 'UNKNOWN_SESSION' })
  })

  it('can connect again after the video process has crashed', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'webrtc' })
    const { viewer, sessionId } = await connect()
    await viewer.see('video')
    const [crashing] = await peerProcesses()
    if (crashing === undefined) throw new Error('no peer process was found')
    process.kill(crashing, 'SIGSEGV')
    await eventually('the session to end', () => !engine.webrtc.has(sessionId))
    const alert = await eventually('an alert', () => engine.alerts.list()[0])
    expect(alert.message).toContain('SIGSEGV')
    expect(engine.liveView.getActiveStreams()).toHaveLength(1)
    await eventually('a new process', async () => {
      const [pid] = await peerProcesses()
      return pid !== undefined && pid !== crashing
    })
    const again = await eventually('a session', () => connect().catch(() => undefined))
    await again.viewer.see('video again')
    await eventually('the alert to be cleared', () => engine.alerts.list().length === 0)
  })

  it('are refused with what is wrong with their offer, and hold nothing', async () => {
    await open()
    const good = await new WebrtcViewer().offer()
    const refusal = (sdp: string) =>
      engine.webrtc.answer({ sdp }, somebody).then(
        () => 'answered',
        (error: { code: string; message: string; hint: string }) => {
          expect(error.hint).not.toBe('')
          return `${error.code}: ${error.message}`
        },
      )
    expect(await refusal('hello')).toBe('INVALID_INPUT: The offer is not SDP: it does not begin with v=0')
    expect(await refusal('v=0\r\nhello\r\n')).toBe('INVALID_INPUT: Line 2 of the offer is not SDP')
    expect(await refusal(good.replace('m=video', 'm=audio'))).toBe(
      'INVALID_INPUT: The offer has no video in it',
    )
    expect(await refusal(good.replace('a=recvonly', 'a=sendonly'))).toBe(
      'INVALID_INPUT: The offer does not receive video: its direction is sendonly or inactive',
    )
    expect(await refusal(`v=0\r\n${'a=x\r\n'.repeat(25_000)}`)).toContain('longer than 100000 characters')
    expect(await refusal(`v=0\r\n${'a=x\r\n'.repeat(3000)}`)).toContain('that is too many')
    expect(engine.liveView.getActiveStreams()).toEqual([])
    // These only the library can judge, so that a stream is started for them.
    expect(await refusal(good.replace(/a=fingerprint.*\r\n/g, ''))).toMatch(
      /^INVALID_INPUT: The offer cannot/,
    )
    expect(await refusal(good.slice(0, good.indexOf('a=rtpmap')))).toMatch(/^INVALID_INPUT: The offer cannot/)
    expect(engine.viewers.list()).toEqual([])
    await eventually('the stream to stop', () => engine.liveView.getActiveStreams().length === 0)
  })

  it('may give candidates later; nonsense among them is named', async () => {
    await open()
    const viewer = new WebrtcViewer()
    const offer = await viewer.offer()
    const candidates = [...offer.matchAll(/^a=(candidate:.*udp.*)\r$/gm)].map(([, candidate = '']) => ({
      candidate,
      sdpMid: '0',
    }))
    const bare = offer.replaceAll(/^a=candidate:.*\r\n/gm, '')
    const answer = await viewer.connect(() => engine.webrtc.answer({ sdp: bare }, somebody))
    await engine.webrtc.addCandidates(answer.sessionId, [...candidates, { candidate: '', sdpMid: '0' }])
    await viewer.see('video')
    await expect(
      engine.webrtc.addCandidates(answer.sessionId, [{ candidate: 'candidate:nonsense', sdpMid: '0' }]),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('nonsense') })
    expect(answer.sdp).toContain('a=candidate:')
  })

  it('of one token take no more places than some while they do not connect', async () => {
    await open()
    const sdp = await new WebrtcViewer().offer()
    const answerTo = (callerId: string) =>
      engine.webrtc.answer({ sdp }, { ...somebody, callerId }).then(
        ({ sessionId }) => sessionId,
        ({ code }: CoverslipError) => code,
      )
    const answers = await Promise.all(Array.from({ length: 30 }, (_none, i) => answerTo(`class.${i}`)))
    expect(answers.filter((answer) => answer === 'RATE_LIMITED')).toHaveLength(6)
    // Places are free again when a session ends: at once, while nobody else's has ended because it did not connect.
    const [first = '', second = ''] = answers.filter((answer) => answer !== 'RATE_LIMITED')
    await engine.webrtc.close(first)
    expect(await answerTo('class.more')).not.toBe('RATE_LIMITED')
    expect(await answerTo('class.toomany')).toBe('RATE_LIMITED')
    const other = await connect({}, 'other.1')
    await other.viewer.see('video')
    // Who is connected is not counted.
    await engine.webrtc.close(second)
    const { viewer } = await connect({}, 'class.seen')
    await viewer.see('video')
    await eventually('a place', async () => (await answerTo('class.last')) !== 'RATE_LIMITED')
  })

  it('get the codec that the stream prefers', async () => {
    await open()
    const viewer = new WebrtcViewer()
    const { sdp } = await viewer.connect((offer) =>
      engine.webrtc.answer({ sdp: offer, params: { codec: 'VP9' } }, somebody),
    )
    const first = /^m=video \d+ \S+ (\d+)/m.exec(sdp)?.[1]
    expect(sdp).toContain(`a=rtpmap:${first} VP9/90000`)
    await viewer.see('video')
    engine.liveView.setStreamParams({ params: { codec: 'VP8' } })
    const next = new WebrtcViewer()
    const answer = await next.connect((offer) => engine.webrtc.answer({ sdp: offer }, somebody))
    expect(answer.sdp).toContain(`a=rtpmap:${/^m=video \d+ \S+ (\d+)/m.exec(answer.sdp)?.[1]} VP8/90000`)
  })

  it('a media server gets the stream by an offer of this side; bad answers end the session', async () => {
    await open()
    const server = new WebrtcViewer('answers')
    const { sessionId, detectorName } = await engine.webrtc.publish({}, (offer) => server.answer(offer))
    expect(detectorName).toBe(engine.devices.camera().id)
    await server.see('video')
    engine.liveView.setStreamParams({ params: { bitrateKbps: 1000 } })
    await server.see('video after the new bit rate')
    expect(engine.viewers.list()).toMatchObject([{ label: 'Media server (WHIP)', protocol: 'webrtc' }])
    await engine.webrtc.close(sessionId)
    await engine.webrtc.close(sessionId)
    expect(engine.viewers.list()).toEqual([])
    await expect(engine.webrtc.publish({}, async () => 'nonsense')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The answer is not SDP: it does not begin with v=0',
    })
    await expect(
      engine.webrtc.publish({}, async () => Promise.reject(new Error('404 Not Found'))),
    ).rejects.toThrow('404 Not Found')
    expect(engine.viewers.list()).toEqual([])
  })
})
