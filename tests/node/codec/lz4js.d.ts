/** The part of lz4js 0.2.0 that the tests use; it comes without types. */
declare module 'lz4js' {
  export function decompress(frame: Uint8Array): Uint8Array
  export function compress(bytes: Uint8Array): Uint8Array
}
