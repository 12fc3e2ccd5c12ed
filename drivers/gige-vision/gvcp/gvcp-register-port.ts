import type { RegisterPort } from '../genicam/register-port.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GvcpClient } from './gvcp-client.ts'

/** More than any feature's register; longer ones are refused rather than read for minutes. */
const maxRunBytes = 1 << 20

/**
 * A device's registers by GVCP. Aligned runs of 4 bytes go by register commands, all others by memory commands, widened
 * to the multiples of 4 that these move; what a write is widened by is read first and written back as it was.
 */
export class GvcpRegisterPort implements RegisterPort {
  readonly #client: GvcpClient

  constructor(client: GvcpClient) {
    this.#client = client
  }

  async read(address: bigint, length: number): Promise<Uint8Array> {
    const at = this.#checked(address, length)
    if (length === 4 && at % 4 === 0) {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(await this.#client.readRegister(at))
      return bytes
    }
    const { start, end } = widened(at, length)
    const memory = await this.#client.readMemory(start, end - start)
    return memory.subarray(at - start, at - start + length)
  }

  async write(address: bigint, data: Uint8Array): Promise<void> {
    const at = this.#checked(address, data.length)
    if (data.length === 4 && at % 4 === 0) {
      const value = Buffer.from(data.buffer, data.byteOffset, 4).readUInt32BE()
      return this.#client.writeRegister(at, value)
    }
    const { start, end } = widened(at, data.length)
    if (start === at && end === at + data.length) return this.#client.writeMemory(at, data)
    const memory = await this.#client.readMemory(start, end - start)
    memory.set(data, at - start)
    await this.#client.writeMemory(start, memory)
  }

  #checked(address: bigint, length: number): number {
    const fits = address >= 0n && address + BigInt(length) <= 0x1_0000_0000n
    if (fits && length > 0 && length <= maxRunBytes) return Number(address)
    throw new CoverslipError(
      'DEVICE_FAILED',
      `${this.#client.deviceName} has no ${length} bytes at 0x${address.toString(16)}`,
      { hint: 'Addresses of GigE Vision have 32 bits: the camera’s description is faulty there.' },
    )
  }
}

function widened(at: number, length: number): { start: number; end: number } {
  return { start: at - (at % 4), end: Math.ceil((at + length) / 4) * 4 }
}
