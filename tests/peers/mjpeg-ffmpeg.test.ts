/** ffmpeg as a client of the MJPEG stream. */
import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasProgram } from '../fixtures/peer-programs.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'

const [width, height] = [64, 48]
const frameBytes = width * height

describe.skipIf(!hasProgram('ffmpeg'))('ffmpeg', () => {
  let host: TestServer

  beforeAll(async () => {
    host = await startTestServer({
      config: { connections: [testConnection({ width, height, frameRate: 40 })] },
    })
  })
  afterAll(() => host.close())

  /** What ffmpeg decodes: 8-bit grey frames one after the other. */
  function decode(path: string, ...options: string[]): Promise<Buffer> {
    const input = ['-hide_banner', '-loglevel', 'error', ...options, '-i', host.url + path]
    const output = ['-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1']
    const child = spawn('ffmpeg', [...input, '-frames:v', '30', ...output], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const pieces: Buffer[] = []
    let complaints = ''
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
    child.stderr.on('data', (piece: Buffer) => {
      complaints += piece.toString()
    })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => {
        if (code === 0 && complaints === '') resolve(Buffer.concat(pieces))
        else reject(new Error(`ffmpeg ended with ${code}: ${complaints}`))
      })
    })
  }

  it.each([
    ['finds out by itself what the stream is', []],
    ['reads it as multipart with a strict boundary', ['-f', 'mpjpeg', '-strict_mime_boundary', '1']],
  ])('%s, and decodes every frame in order', async (_what, options) => {
    await host.engine.liveView.startLiveView({
      protocol: 'mjpeg',
      params: { frameRate: 60, quality: 95, windowMode: 'full' },
    })
    const pixels = await decode('/liveview/mjpeg_stream', ...options)
    expect(pixels.length).toBe(30 * frameBytes)
    const greys = Array.from({ length: 30 }, (_, index) => {
      const frame = pixels.subarray(index * frameBytes, (index + 1) * frameBytes)
      expect(Math.max(...frame) - Math.min(...frame)).toBeLessThan(3)
      return frame[0] ?? 0
    })
    // The camera's grey is its frame number, which starts again at 4096.
    const falls = greys.filter((grey, index) => grey < (greys[index - 1] ?? 0))
    expect(falls.length).toBeLessThan(2)
    expect(new Set(greys).size).toBeGreaterThan(1)
    await host.engine.liveView.stopLiveView({})
  })
})
