/**
 * Unpackers for 10 and 12-bit samples that share bytes, into 16-bit little endian, right-aligned.
 *
 * Two layouts: PFNC's `p` is one stream of bits, least significant first. GigE Vision's `Packed` (GigE Vision 2.0,
 * appendix on pixel layouts) puts two pixels in three bytes: the upper 8 bits of the first, the lower bits of both
 * (the first's in the low nibble), the upper 8 bits of the second.
 */
import type { UnpackRun } from './pixel-unpacking.ts'

/** Bits of one packed byte that belong to one sample. */
type Piece = {
  /** Which sample of the group. */
  readonly sample: number
  readonly sampleBit: number
  readonly byteBit: number
  readonly bits: number
}

/** The smallest number of whole bytes that hold whole samples. */
type Group = {
  readonly bytes: number
  readonly samples: number
  readonly significantBits: number
  /** For each byte of the group, what it holds. */
  readonly pieces: readonly (readonly Piece[])[]
  /** Unpacks `groups` whole groups from `source[from]` to `target[to]`. */
  readonly unpackGroups: (
    source: Uint8Array,
    from: number,
    groups: number,
    target: Uint8Array,
    to: number,
  ) => void
}

/** Mono10Packed, Bayer..10Packed. */
export const packed10 = packedRun(2)
/** Mono12Packed, Bayer..12Packed. */
export const packed12 = packedRun(4)

/** Mono10p, Bayer..10p. */
export const stream10 = groupedRun({
  bytes: 5,
  samples: 4,
  significantBits: 10,
  pieces: streamPieces(10, 5),
  unpackGroups(source, from, groups, target, to) {
    const end = from + 5 * groups
    for (let at = from, put = to; at < end; at += 5, put += 8) {
      const b = source[at + 1] ?? 0
      const c = source[at + 2] ?? 0
      const d = source[at + 3] ?? 0
      const e = source[at + 4] ?? 0
      target[put] = source[at] ?? 0
      target[put + 1] = b & 3
      target[put + 2] = (b >> 2) | (c << 6)
      target[put + 3] = (c >> 2) & 3
      target[put + 4] = (c >> 4) | (d << 4)
      target[put + 5] = (d >> 4) & 3
      target[put + 6] = (d >> 6) | (e << 2)
      target[put + 7] = e >> 6
    }
  },
})

/** Mono12p, Bayer..12p. */
export const stream12 = groupedRun({
  bytes: 3,
  samples: 2,
  significantBits: 12,
  pieces: streamPieces(12, 3),
  unpackGroups(source, from, groups, target, to) {
    const end = from + 3 * groups
    for (let at = from, put = to; at < end; at += 3, put += 4) {
      const middle = source[at + 1] ?? 0
      const last = source[at + 2] ?? 0
      target[put] = source[at] ?? 0
      target[put + 1] = middle & 15
      target[put + 2] = (middle >> 4) | (last << 4)
      target[put + 3] = last >> 4
    }
  },
})

/** GigE Vision's own layout, of samples with 8 + `lowBits` bits. */
function packedRun(lowBits: number): UnpackRun {
  const mask = (1 << lowBits) - 1
  return groupedRun({
    bytes: 3,
    samples: 2,
    significantBits: 8 + lowBits,
    pieces: [
      [{ sample: 0, sampleBit: lowBits, byteBit: 0, bits: 8 }],
      [
        { sample: 0, sampleBit: 0, byteBit: 0, bits: lowBits },
        { sample: 1, sampleBit: 0, byteBit: 4, bits: lowBits },
      ],
      [{ sample: 1, sampleBit: lowBits, byteBit: 0, bits: 8 }],
    ],
    unpackGroups(source, from, groups, target, to) {
      const end = from + 3 * groups
      for (let at = from, put = to; at < end; at += 3, put += 4) {
        const first = source[at] ?? 0
        const low = source[at + 1] ?? 0
        const second = source[at + 2] ?? 0
        target[put] = (first << lowBits) | (low & mask)
        target[put + 1] = first >> (8 - lowBits)
        target[put + 2] = (second << lowBits) | ((low >> 4) & mask)
        target[put + 3] = second >> (8 - lowBits)
      }
    },
  })
}

function streamPieces(significantBits: number, bytes: number): Group['pieces'] {
  return Array.from({ length: bytes }, (_, byte) => {
    const pieces: Piece[] = []
    for (let byteBit = 0; byteBit < 8; ) {
      const bit = 8 * byte + byteBit
      const sampleBit = bit % significantBits
      const bits = Math.min(8 - byteBit, significantBits - sampleBit)
      pieces.push({ sample: Math.floor(bit / significantBits), sampleBit, byteBit, bits })
      byteBit += bits
    }
    return pieces
  })
}

/** Whole groups by the loop made for them; the bytes of groups that a run cuts, bit by bit. */
function groupedRun(group: Group): UnpackRun {
  const { bytes, samples, unpackGroups } = group
  return (source, start, end, offset, target, pixels) => {
    const first = Math.floor(offset / bytes)
    const head = Math.min(end, start + ((bytes - (offset - first * bytes)) % bytes))
    let at = start
    for (; at < head; at++) putByte(group, source[at] ?? 0, offset + at - start, target, pixels)
    const index = Math.floor((offset + at - start) / bytes)
    const groups = Math.min(Math.floor((end - at) / bytes), Math.floor(pixels / samples) - index)
    if (groups > 0) {
      unpackGroups(source, at, groups, target, 2 * samples * index)
      at += groups * bytes
    }
    // What is left is part of a group, or lies beyond the image: one group settles both.
    const tail = Math.min(end, at + bytes)
    for (; at < tail; at++) putByte(group, source[at] ?? 0, offset + at - start, target, pixels)
  }
}

function putByte(group: Group, byte: number, position: number, target: Uint8Array, pixels: number): void {
  const index = Math.floor(position / group.bytes)
  for (const { sample, sampleBit, byteBit, bits } of group.pieces[position - index * group.bytes] ?? []) {
    const pixel = index * group.samples + sample
    if (pixel >= pixels) continue
    const mask = (1 << bits) - 1
    const others = ((1 << group.significantBits) - 1) & ~(mask << sampleBit)
    const present = (target[2 * pixel] ?? 0) | ((target[2 * pixel + 1] ?? 0) << 8)
    const value = (present & others) | (((byte >> byteBit) & mask) << sampleBit)
    target[2 * pixel] = value
    target[2 * pixel + 1] = value >> 8
  }
}
