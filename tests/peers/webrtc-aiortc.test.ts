/** Watching by WebRTC with a library of others: Python's aiortc, by the offer of the original design and by WHEP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { clockPongSchema, videoFrameNoteSchema } from '../../src-shared/webrtc.ts'
import { eventually } from '../fixtures/eventually.ts'
import { pythonHas } from '../fixtures/peer-programs.ts'
import { startPythonPeer } from '../fixtures/python-peer.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'

const isThere = ['aiortc', 'aiohttp'].every(pythonHas)
const distinctFrames = 12

const resultSchema = z.object({
  /** Mean of the Y plane, width, height. */
  frames: z.array(z.tuple([z.number(), z.number(), z.number()])),
  notes: z.array(z.union([videoFrameNoteSchema, clockPongSchema])),
  deleted: z.number().nullable(),
})

describe.skipIf(!isThere)('aiortc watches', () => {
  let host: TestServer
  beforeEach(async () => {
    // Every pixel holds the frame's number: each picture is known, until the number is beyond the window, which takes a
    // minute. An odd size, because encoders take even ones only.
    const camera = testConnection({ width: 161, height: 121, frameRate: 20 })
    host = await startTestServer({ config: { connections: [camera] } })
  })
  afterEach(() => host.close())

  const setWindow = (windowHigh: number) =>
    host.engine.liveView.setStreamParams({
      protocol: 'webrtc',
      params: { windowMode: 'manual', windowLow: 0, windowHigh },
    })

  async function watch(how: 'offer' | 'whep'): Promise<z.infer<typeof resultSchema>> {
    const peer = startPythonPeer('webrtc-aiortc-client.py', [how, host.url, String(distinctFrames)])
    const [, result = ''] = await peer.ended
    return resultSchema.parse(JSON.parse(result))
  }

  it.each([
    ['offer', 2000],
    ['whep', 1000],
  ] as const)(
    'by %s: the frames of the camera, as the window %i says, with notes',
    async (how, windowHigh) => {
      setWindow(windowHigh)
      const { frames, notes, deleted } = await watch(how)
      expect(new Set(frames.map(([mean]) => mean)).size).toBeGreaterThanOrEqual(distinctFrames)
      for (const [, width, height] of frames) expect([width, height]).toEqual([160, 120])

      const frameNotes = notes.filter((note) => note.type === 'frame')
      expect(frameNotes.length).toBeGreaterThan(0)
      for (const note of frameNotes) {
        expect(note).toMatchObject({
          width: 160,
          height: 120,
          scale: 1,
          pixelSizeUm: 0.5,
          window: { low: 0, high: windowHigh },
        })
        expect(note.encodedAtMs).toBeGreaterThanOrEqual(note.capturedAtMs)
      }
      const sequences = frameNotes.map(({ sequence }) => sequence)
      expect(new Set(sequences).size).toBe(sequences.length)

      // Limited range (ITU-R BT.601): black is 16, white 235.
      const [first, last] = [Math.min(...sequences), Math.max(...sequences)]
      const luma = (sequence: number) => 16 + 219 * Math.min(1, sequence / windowHigh)
      const means = frames.map(([mean]) => mean)
      expect(Math.min(...means)).toBeGreaterThan(luma(0) - 2)
      expect(Math.max(...means)).toBeLessThan(luma(last) + 2)
      expect(Math.max(...means)).toBeGreaterThan(luma(first) - 2)
      expect(means.at(-1)).toBeGreaterThan(means[0] ?? Infinity)

      expect(notes).toContainEqual(expect.objectContaining({ type: 'pong', sentAtMs: 1.5 }))
      expect(deleted).toBe(how === 'whep' ? 200 : null)
    },
  )

  it('and vanishes without a word: its session ends, and the stream with it', async () => {
    const peer = startPythonPeer('webrtc-aiortc-client.py', ['offer', host.url, '100000'])
    await eventually(
      'a viewer',
      () => peer.lines.includes('watching') && host.engine.viewers.list().length === 1,
    )
    await eventually('frames', () => (host.engine.viewers.list()[0]?.fps ?? 0) > 0)
    peer.process.kill('SIGKILL')
    await eventually('the end of the session', () => host.engine.viewers.list().length === 0)
    await eventually('the end of the stream', () => host.engine.liveView.getActiveStreams().length === 0)
  })
})
