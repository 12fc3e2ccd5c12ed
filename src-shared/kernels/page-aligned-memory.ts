/** Of the operating system, on most computers; larger ones are multiples of it. */
export const pageBytes = 4096
const wasmPageBytes = 65_536
const aligned = new WeakSet<ArrayBufferLike>()

/**
 * Memory that begins where a page of the operating system does, filled with zeros: that of a WebAssembly module does,
 * other memory in JavaScript need not.
 * @throws RangeError when there is not so much
 */
export function pageAlignedMemory(bytes: number): Uint8Array<ArrayBuffer> {
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil(bytes / wasmPageBytes) })
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('WebAssembly gave shared memory')
  aligned.add(buffer)
  return new Uint8Array(buffer, 0, bytes)
}

/** Whether `bytes`, which lie in `pageAlignedMemory`, begin where a page does; false for other memory. */
export function beginsAtPage(bytes: Uint8Array): boolean {
  return bytes.byteOffset % pageBytes === 0 && aligned.has(bytes.buffer)
}
