/** Receives and decodes frames as the display does, but draws nothing: what connection and decoding alone can do. */
import '../../../src-renderer/zod-without-eval.ts'
import { ClockOffset } from '../../../src-renderer/display/clock-offset.ts'
import { ImageDecoder, type ReceivedFrame } from '../../../src-renderer/display/image-decoder.ts'
import { WorkerConnection } from '../../../src-renderer/display/worker-connection.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import type { DisplayResults } from './results.ts'

type Order = { readonly url: string; readonly detector: string; readonly seconds: number }
const warmUpMs = 2000

function measure({ url, detector, seconds }: Order) {
  const decoder = new ImageDecoder()
  const clock = new ClockOffset()
  const latencies: number[] = []
  let bytes = 0
  let firstMs = 0
  let startMs = 0
  const connection = new WorkerConnection(url, '/socket.io/', {
    onFrame: (message, packet) => void decode({ message, packet }),
    onSubscribe: () => undefined,
    onConnection: (state) => {
      if (state === 'connected') void compareClocks()
    },
    onError: (error) => error && post({ error: error.message }),
  })
  connection.subscribe({ detectorName: detector })

  async function decode(frame: ReceivedFrame) {
    try {
      const { frame_id: frameId, captured_at_ms: capturedAtMs } = frame.message.metadata
      const decoded = await decoder.decode(frame)
      decoded.release()
      connection.acknowledge(frameId)
      const nowMs = performance.now()
      firstMs ||= nowMs
      if (nowMs - firstMs < warmUpMs) return
      startMs ||= nowMs
      latencies.push(unixNowMs() + (clock.offsetMs ?? 0) - capturedAtMs)
      bytes += frame.packet.byteLength
      if (nowMs - startMs > seconds * 1000) finish((nowMs - startMs) / 1000)
    } catch (error) {
      post({ error: String(error) })
    }
  }

  async function compareClocks() {
    for (let round = 0; round < 6; round++) {
      const sentMs = unixNowMs()
      const hostMs = await connection.hostTimeMs()
      if (hostMs !== undefined) clock.add(sentMs, hostMs, unixNowMs())
    }
  }

  function finish(afterSeconds: number) {
    connection.close()
    const sorted = latencies.toSorted((a, b) => a - b)
    post({
      decoded: {
        fps: (latencies.length - 1) / afterSeconds,
        latencyMs: sorted[sorted.length >> 1] ?? Number.NaN,
        latencyP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
        megabytesPerSecond: bytes / 1e6 / afterSeconds,
      },
    })
  }
}

function post(results: DisplayResults) {
  self.postMessage(results)
}

self.addEventListener('message', ({ data }: MessageEvent<Order>) => measure(data))
