/** Runs in a worker of the browser: decodes the packets that the benchmark serves and posts the times back. */
import { decompress } from 'fzstd'
import { FrameDecoder } from '../../src-shared/frames/decode-frame.ts'
import { measureDecoding, type PacketSet } from '../decode-timing.ts'

type Listed = {
  readonly name: string
  readonly encodings: PacketSet['encodings']
  readonly sizes: readonly number[]
}

const listed = (await (await fetch('/packets.json')).json()) as readonly Listed[]
const results: Record<string, unknown> = {}
for (const { name, encodings, sizes } of listed) {
  const packets = await Promise.all(
    sizes.map(
      async (_, i) =>
        new Uint8Array(await (await fetch(`/packet/${encodeURIComponent(name)}/${i}`)).arrayBuffer()),
    ),
  )
  for (const plain of [false, true]) {
    const decoder = new FrameDecoder({ zstd: decompress, plain })
    results[`${name}, ${plain ? 'plain JavaScript' : 'WebAssembly'}`] = measureDecoding(decoder, {
      name,
      encodings,
      packets,
    })
  }
}
await fetch('/results', { method: 'POST', body: JSON.stringify(results) })
