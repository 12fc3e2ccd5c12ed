import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'

const compress = promisify(zstdCompress)

/** Compresses `bytes` to one Zstandard frame that says its content size, on the thread pool. */
export function compressZstd(bytes: Uint8Array<ArrayBuffer>, level: number): Promise<Buffer> {
  return compress(bytes, {
    // Room for the whole result: pieces of the usual 16 kB would cost as much time as the compression.
    chunkSize: bytes.length + (bytes.length >> 8) + 1024,
    // Asynchronous compression writes no content size by itself, and some decoders need it.
    pledgedSrcSize: bytes.length,
    params: { [constants.ZSTD_c_compressionLevel]: level },
  })
}
