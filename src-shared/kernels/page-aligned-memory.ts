/**
 * Memory that begins where a page of the operating system does, filled with zeros: that of a WebAssembly module does,
 * other memory in JavaScript need not.
 */
export function pageAlignedMemory(bytes: number): Uint8Array<ArrayBuffer> {
  const wasmPageBytes = 65_536
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil(bytes / wasmPageBytes) })
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('WebAssembly gave shared memory')
  return new Uint8Array(buffer, 0, bytes)
}
