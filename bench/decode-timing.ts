import type { FrameDecoder } from '../src-shared/frames/decode-frame.ts'
import type { FrameMetadata } from '../src-shared/frames/frame-message.ts'

/** Packets of one kind, with what is needed to decode each. */
export type PacketSet = {
  readonly name: string
  readonly encodings: readonly Pick<FrameMetadata, 'compression' | 'filter'>[]
  readonly packets: readonly Uint8Array<ArrayBuffer>[]
}

/** Median and largest time to decode one packet, and a checksum of the last image. */
export function measureDecoding(decoder: FrameDecoder, { encodings, packets }: PacketSet) {
  const times: number[] = []
  let sum = 0
  const end = performance.now() + 2000
  for (let i = 0; i < 8 * packets.length || performance.now() < end; i++) {
    const packet = packets[i % packets.length]
    const encoding = encodings[i % packets.length]
    if (packet === undefined || encoding === undefined) throw new Error('no packets')
    const start = performance.now()
    const { pixels } = decoder.decode(packet, encoding)
    times.push(performance.now() - start)
    sum = pixels.at(-1) ?? 0
  }
  const sorted = times.slice(2 * packets.length).toSorted((a, b) => a - b)
  const rounded = (value: number | undefined) => Number((value ?? 0).toFixed(2))
  return {
    'p50 ms': rounded(sorted[sorted.length >> 1]),
    'max ms': rounded(sorted.at(-1)),
    'last pixel': sum,
  }
}
