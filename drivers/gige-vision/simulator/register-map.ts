import type { GvcpStatus } from '../protocol/gvcp-status.ts'

/** A run of the device's memory that has one meaning. All values are big endian. */
export interface Register {
  /** A multiple of 4. */
  readonly address: number
  /** A multiple of 4. */
  readonly bytes: number
  readonly access: 'RO' | 'RW' | 'WO'
  /** Writes the present value to `target`, which is `bytes` long and zero. */
  read(target: Buffer): void
  /** Why it cannot be read; absent, or undefined: it can. */
  refusesRead?(): Exclude<GvcpStatus, 'success'> | undefined
  /** Takes a new value, `bytes` long; anything but `success` means that nothing has changed. */
  write(value: Buffer): GvcpStatus
}

/** What was read, or why nothing. */
export type MemoryRead =
  | { readonly status: 'success'; readonly data: Buffer }
  | { readonly status: Exclude<GvcpStatus, 'success'> }

/** The memory of the device: its registers by address, in words of four bytes. */
export class RegisterMap {
  readonly #words = new Map<number, Register>()

  /** @throws RangeError when it lies askew or on another register. */
  add(register: Register): void {
    const { address, bytes } = register
    if (address % 4 !== 0 || bytes % 4 !== 0) throw new RangeError(`Register at ${address} lies askew`)
    for (let word = address; word < address + bytes; word += 4) {
      if (this.#words.has(word)) throw new RangeError(`Two registers at 0x${word.toString(16)}`)
      this.#words.set(word, register)
    }
  }

  /** Reads `length` bytes across any number of registers. */
  read(address: number, length: number): MemoryRead {
    if (address % 4 !== 0 || length % 4 !== 0) return { status: 'badAlignment' }
    const data = Buffer.alloc(length)
    for (let at = address; at < address + length; ) {
      const register = this.#words.get(at)
      if (register === undefined) return { status: 'invalidAddress' }
      if (register.access === 'WO') return { status: 'accessDenied' }
      const refusal = register.refusesRead?.()
      if (refusal !== undefined) return { status: refusal }
      const value = valueOf(register)
      const skip = at - register.address
      value.copy(data, at - address, skip)
      at += register.bytes - skip
    }
    return { status: 'success', data }
  }

  /** Writes `data` across any number of registers, in the order of their addresses, up to the first that refuses. */
  write(address: number, data: Buffer): GvcpStatus {
    const { length } = data
    if (address % 4 !== 0 || length % 4 !== 0) return 'badAlignment'
    for (let at = address; at < address + length; ) {
      const register = this.#words.get(at)
      if (register === undefined) return 'invalidAddress'
      if (register.access === 'RO') return 'writeProtect'
      const skip = at - register.address
      const taken = Math.min(register.bytes - skip, address + length - at)
      const isWhole = taken === register.bytes
      const value = isWhole || register.access === 'WO' ? Buffer.alloc(register.bytes) : valueOf(register)
      data.copy(value, skip, at - address, at - address + taken)
      const status = register.write(value)
      if (status !== 'success') return status
      at += taken
    }
    return 'success'
  }
}

function valueOf(register: Register): Buffer {
  const value = Buffer.alloc(register.bytes)
  register.read(value)
  return value
}
