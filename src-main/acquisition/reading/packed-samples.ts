/** Samples of 1 to 15 bits that lie without gaps, the most significant bit first; rows begin at whole bytes. */
export type PackedRows = {
  readonly bits: number
  readonly rowSamples: number
  readonly rows: number
}

/** Bytes of `rows`. */
export function packedLength({ bits, rowSamples, rows }: PackedRows): number {
  return Math.ceil((bits * rowSamples) / 8) * rows
}

/** Each in a byte of its own, or, of more than 8 bits, in two, little endian. */
export function unpackSamples(packed: Uint8Array, shape: PackedRows): Uint8Array<ArrayBuffer> {
  const { bits, rowSamples, rows } = shape
  const samples = bits > 8 ? new Uint16Array(rowSamples * rows) : new Uint8Array(rowSamples * rows)
  const rowBytes = packedLength({ ...shape, rows: 1 })
  const mask = 2 ** bits - 1
  for (let y = 0; y < rows; y++) {
    let at = y * rowBytes
    let [held, heldBits] = [0, 0]
    for (let x = 0; x < rowSamples; x++) {
      while (heldBits < bits) {
        held = ((held << 8) | (packed[at++] ?? 0)) & 0xffffff
        heldBits += 8
      }
      heldBits -= bits
      samples[y * rowSamples + x] = (held >> heldBits) & mask
    }
  }
  return new Uint8Array(samples.buffer)
}

/** The bits of each byte the other way round, in place. */
export function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = reversed[bytes[i] ?? 0] ?? 0
}

const reversed = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number.parseInt(byte.toString(2).padStart(8, '0').split('').toReversed().join(''), 2),
)
