/** Receives and decodes frames as the display does, but draws nothing: what connection and decoding alone can do. */
import '../../../src-renderer/zod-without-eval.ts'
import { ClockOffset } from '../../../src-renderer/display/clock-offset.ts'
import { ImageDecoder } from '../../../src-renderer/display/image-decoder.ts'
import { SocketConnection } from '../../../src-renderer/display/socket-connection.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import type { DisplayResults } from './results.ts'

self.addEventListener(
  'message',
  ({ data }: MessageEvent<{ url: string; detector: string; seconds: number }>) => {
    const decoder = new ImageDecoder()
    const clock = new ClockOffset()
    const latencies: number[] = []
    let bytes = 0
    let startMs = 0
    let warmUntilMs = Number.POSITIVE_INFINITY
    const connection = new SocketConnection(data.url, '/socket.io/', {
      onFrame: async (message, packet) => {
        const decoded = await decoder.decode({ message, packet })
        decoded.release()
        connection.acknowledge(message.metadata.frame_id)
        const nowMs = performance.now()
        if (warmUntilMs === Number.POSITIVE_INFINITY) warmUntilMs = nowMs + 2000
        if (nowMs < warmUntilMs) return
        startMs ||= nowMs
        latencies.push(unixNowMs() + (clock.offsetMs ?? 0) - message.metadata.captured_at_ms)
        bytes += packet.byteLength
        if (nowMs - startMs > data.seconds * 1000) finish(nowMs)
      },
      onSubscribe: () => undefined,
      onConnection: (state) => {
        if (state === 'connected') void compareClocks()
      },
      onError: (error) => error && post({ error: error.message }),
    })
    connection.subscribe(data.detector)

    async function compareClocks() {
      for (let round = 0; round < 6; round++) {
        const sentMs = unixNowMs()
        const hostMs = await connection.hostTimeMs()
        if (hostMs !== undefined) clock.add(sentMs, hostMs, unixNowMs())
      }
    }

    function finish(nowMs: number) {
      connection.close()
      const seconds = (nowMs - startMs) / 1000
      const sorted = latencies.toSorted((a, b) => a - b)
      post({
        decoded: {
          fps: (latencies.length - 1) / seconds,
          latencyMs: sorted[sorted.length >> 1] ?? Number.NaN,
          latencyP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
          megabytesPerSecond: bytes / 1e6 / seconds,
        },
      })
    }

    function post(results: DisplayResults) {
      self.postMessage(results)
    }
  },
)
