import { descriptionError } from '../description-error.ts'
import type { RegisterPorts } from '../node-map.ts'
import type { RegisterPort } from '../register-port.ts'

/** A register whose content may be cached. */
export interface CachedRegister {
  readonly name: string
  /** Forgets what was read. */
  drop(): void
  /** Whether anything is cached of the bytes `address` to `address + length` of `port`. */
  overlaps(port: string, address: bigint, length: number): boolean
}

/** The ports of a node map, and all registers with what is cached of them. */
export class RegisterStore {
  readonly #ports: RegisterPorts
  readonly #registers = new Map<string, CachedRegister>()

  constructor(ports: RegisterPorts) {
    this.#ports = ports
  }

  add(register: CachedRegister): void {
    this.#registers.set(register.name, register)
  }

  /** Whether `name` is a register. */
  has(name: string): boolean {
    return this.#registers.has(name)
  }

  isConnected(port: string): boolean {
    return this.#find(port) !== undefined
  }

  /** @throws DEVICE_FAILED when there is no such port. */
  port(name: string, owner: string): RegisterPort {
    const port = this.#find(name)
    if (port === undefined) throw descriptionError(owner, `nothing is connected to its port "${name}"`)
    return port
  }

  /** Forgets what is cached of registers among `names`. */
  drop(names: Iterable<string>): void {
    for (const name of names) this.#registers.get(name)?.drop()
  }

  dropAll(): void {
    for (const register of this.#registers.values()) register.drop()
  }

  /** Forgets what other registers cached of the same bytes, and tells their names. */
  dropOverlapping(written: CachedRegister, port: string, address: bigint, length: number): readonly string[] {
    const dropped: string[] = []
    for (const register of this.#registers.values()) {
      if (register === written || !register.overlaps(port, address, length)) continue
      register.drop()
      dropped.push(register.name)
    }
    return dropped
  }

  #find(name: string): RegisterPort | undefined {
    return Object.hasOwn(this.#ports, name) ? this.#ports[name] : undefined
  }
}
