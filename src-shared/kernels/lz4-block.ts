/**
 * Decodes one LZ4 block (github.com/lz4/lz4, doc/lz4_Block_format.md) in plain JavaScript, for browsers whose
 * Content-Security-Policy forbids WebAssembly. Every length and offset is checked.
 *
 * @returns the number of bytes written to the beginning of `target`, or -1 when the block is malformed or too large.
 */
export function lz4DecodeBlock(block: Uint8Array, target: Uint8Array): number {
  const end = block.length
  const limit = target.length
  let from = 0
  let to = 0
  while (from < end) {
    const token = block[from++] ?? 0

    let literals = token >> 4
    if (literals === 15) {
      let more = 255
      while (more === 255) {
        if (from >= end) return -1
        more = block[from++] ?? 0
        literals += more
      }
    }
    if (literals > end - from || literals > limit - to) return -1
    if (literals > copyAtOnce) target.set(block.subarray(from, from + literals), to)
    else for (let i = 0; i < literals; i++) target[to + i] = block[from + i] ?? 0
    from += literals
    to += literals
    // The last sequence has no match.
    if (from === end) return to

    if (end - from < 2) return -1
    const offset = (block[from] ?? 0) | ((block[from + 1] ?? 0) << 8)
    from += 2
    if (offset === 0 || offset > to) return -1
    let match = (token & 15) + 4
    if (match === 19) {
      let more = 255
      while (more === 255) {
        if (from >= end) return -1
        more = block[from++] ?? 0
        match += more
      }
    }
    if (match > limit - to) return -1
    copyMatch(target, to, offset, match)
    to += match
  }
  return -1
}

/** From this length on a call to a built-in function is faster than a loop. */
const copyAtOnce = 48

function copyMatch(target: Uint8Array, to: number, offset: number, length: number): void {
  if (length <= copyAtOnce) {
    for (let i = to; i < to + length; i++) target[i] = target[i - offset] ?? 0
    return
  }
  if (offset === 1) {
    target.fill(target[to - 1] ?? 0, to, to + length)
    return
  }
  // What has been copied repeats with period `offset`: copy it again, twice as much each time.
  let done = Math.min(offset, length)
  target.copyWithin(to, to - offset, to - offset + done)
  while (done < length) {
    const next = Math.min(done, length - done)
    target.copyWithin(to + done, to, to + next)
    done += next
  }
}
