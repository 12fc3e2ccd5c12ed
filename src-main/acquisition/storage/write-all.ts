import type { FileHandle } from 'node:fs/promises'

/**
 * Writes `parts` one after the other from `at` on: `writev` may write less than it was given, as on a disk that is
 * filling up.
 * @throws Error of the operating system, or when nothing could be written
 */
export async function writeAll(file: FileHandle, parts: readonly Uint8Array[], at: number): Promise<void> {
  let left = parts.filter(({ length }) => length > 0)
  for (let position = at; left.length > 0; ) {
    const { bytesWritten } = await file.writev(left, position)
    if (bytesWritten === 0) throw new Error('nothing could be written')
    position += bytesWritten
    left = withoutFirst(left, bytesWritten)
  }
}

/** `parts` without their first `bytes`. */
function withoutFirst(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes
  return parts.flatMap((part) => {
    const skipped = Math.min(skip, part.length)
    skip -= skipped
    return skipped === part.length ? [] : [part.subarray(skipped)]
  })
}
