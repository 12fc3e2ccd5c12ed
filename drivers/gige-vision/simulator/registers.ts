/** The kinds of registers that the device's memory is made of. */
import type { GvcpStatus } from '../protocol/gvcp-status.ts'
import type { Register } from './register-map.ts'

/** Carries out a write, or says why not. */
export type Writer<Value> = (value: Value) => GvcpStatus

/** The writer of a register that cannot be written. */
export const readOnly = () => 'writeProtect' as const

/** An unsigned number of 32 bits. Without `write` it is read-only. */
export function numberRegister(address: number, read: () => number, write?: Writer<number>): Register {
  return {
    address,
    bytes: 4,
    access: write === undefined ? 'RO' : 'RW',
    read: (target) => target.writeUInt32BE(read() >>> 0),
    write: (value) => (write ?? readOnly)(value.readUInt32BE()),
  }
}

/** A signed number of 64 bits. */
export function longRegister(address: number, read: () => bigint, write?: Writer<bigint>): Register {
  return {
    address,
    bytes: 8,
    access: write === undefined ? 'RO' : 'RW',
    read: (target) => target.writeBigInt64BE(read()),
    write: (value) => (write ?? readOnly)(value.readBigInt64BE()),
  }
}

/** An IEEE 754 number of 64 bits. */
export function doubleRegister(address: number, read: () => number, write?: Writer<number>): Register {
  return {
    address,
    bytes: 8,
    access: write === undefined ? 'RO' : 'RW',
    read: (target) => target.writeDoubleBE(read()),
    write: (value) => (write ?? readOnly)(value.readDoubleBE()),
  }
}

/** A text of up to `bytes`, NUL-terminated where shorter. */
export function textRegister(
  address: number,
  bytes: number,
  read: () => string,
  write?: Writer<string>,
): Register {
  return {
    address,
    bytes,
    access: write === undefined ? 'RO' : 'RW',
    read: (target) => target.write(read()),
    write: (value) => {
      const end = value.indexOf(0)
      return (write ?? readOnly)(value.toString('utf8', 0, end < 0 ? bytes : end))
    },
  }
}

/** A number that does something when written, and cannot be read. */
export function commandRegister(address: number, write: Writer<number>): Register {
  return {
    address,
    bytes: 4,
    access: 'WO',
    read: () => undefined,
    write: (value) => write(value.readUInt32BE()),
  }
}

/** Bytes that never change, filled up to whole words. */
export function blobRegister(address: number, content: Uint8Array): Register {
  const bytes = Math.ceil(content.length / 4) * 4
  return { address, bytes, access: 'RO', read: (target) => target.set(content), write: readOnly }
}
