import { type Chunk, encodeChunks } from '../protocol/chunk-data.ts'

/** What a camera tells of each frame besides its pixels. */
export type FrameFacts = {
  readonly blockId: number
  readonly timestamp: bigint
  readonly exposureUs: number
  readonly gainDb: number
}

/** Id of the chunk that holds the image. */
const imageChunkId = 0x0001

/** Chunks that can be switched on: their ids, and how they hold their value, big endian. */
export const chunkKinds = [
  {
    name: 'FrameID',
    id: 0x1001,
    write: (target: Buffer, facts: FrameFacts) => target.writeBigInt64BE(BigInt(facts.blockId)),
  },
  {
    name: 'Timestamp',
    id: 0x1002,
    write: (target: Buffer, facts: FrameFacts) => target.writeBigInt64BE(facts.timestamp),
  },
  {
    name: 'ExposureTime',
    id: 0x1003,
    write: (target: Buffer, facts: FrameFacts) => target.writeDoubleBE(facts.exposureUs),
  },
  {
    name: 'Gain',
    id: 0x1004,
    write: (target: Buffer, facts: FrameFacts) => target.writeDoubleBE(facts.gainDb),
  },
] as const

const valueBytes = 8
const tailBytes = 8

/** Which chunks follow an image. */
export class ChunkSettings {
  active = false
  readonly enabled = new Set<number>(chunkKinds.map(({ id }) => id))

  /** Bytes that follow the image's. */
  get bytes(): number {
    if (!this.active) return 0
    return tailBytes + this.enabled.size * (valueBytes + tailBytes)
  }

  /** Writes what follows an image of `imageBytes` behind it. */
  write(data: Uint8Array, imageBytes: number, facts: FrameFacts): void {
    if (!this.active) return
    const chunks = chunkKinds
      .filter(({ id }) => this.enabled.has(id))
      .map(({ id, write }): Chunk => {
        const value = Buffer.alloc(valueBytes)
        write(value, facts)
        return { id, data: value }
      })
    const imageTail = Buffer.alloc(tailBytes)
    imageTail.writeUInt32BE(imageChunkId, 0)
    imageTail.writeUInt32BE(imageBytes, 4)
    data.set(Buffer.concat([imageTail, encodeChunks(chunks)]), imageBytes)
  }
}
