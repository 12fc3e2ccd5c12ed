import { CoverslipError } from '../../../../src-shared/errors.ts'
import { isReadable } from '../access-mode.ts'
import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import type { IntegerNode } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { readNumberStyle } from '../nodes/number-style.ts'
import { bytesToInteger, integerToBytes } from './bytes-integer.ts'
import { isBigEndian, RegisterBase } from './register-base.ts'

/** A run of bits, the least significant bit of the register being 0. */
type Field = { readonly shift: number; readonly bits: number }

/**
 * IntReg, and MaskedIntReg (some bits of a register). The bits of a big-endian register are counted from its most
 * significant one (GenICam standard 2.1.1, section 2.8.4). All 64 bits are read as a signed number whatever Sign says.
 */
export class IntegerRegister extends RegisterBase implements IntegerNode {
  readonly kind = 'integer'
  readonly #bigEndian: boolean
  readonly #signed: boolean
  /** The bits as they are given; undefined: all. */
  readonly #mask: { readonly one: number; readonly other: number } | undefined
  readonly #style: ReturnType<typeof readNumberStyle>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#bigEndian = isBigEndian(xml)
    this.#signed = xml.choice('Sign', { Signed: true, Unsigned: false }, false)
    this.#mask = xml.type === 'MaskedIntReg' ? readMask(xml) : undefined
    this.#style = readNumberStyle(xml)
  }

  async read(evaluation: Evaluation): Promise<bigint> {
    const bytes = await this.register.read(evaluation)
    const { shift, bits } = this.#field(bytes.length)
    const value = bytesToInteger(bytes, this.#bigEndian) >> BigInt(shift)
    return this.#signed || bits === 64 ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
  }

  async write(value: bigint, evaluation: Evaluation): Promise<void> {
    const length = await this.register.length(evaluation)
    const { shift, bits } = this.#field(length)
    const { min, max } = this.#range(bits)
    if (value < min || value > max) {
      throw new CoverslipError(
        'OUT_OF_RANGE',
        `${value} does not fit into "${this.name}" (${min} to ${max})`,
        {
          hint: 'Choose a value between the limits.',
          data: { node: this.name, value: String(value), min: String(min), max: String(max) },
        },
      )
    }
    let whole = BigInt.asUintN(bits, value) << BigInt(shift)
    if (bits < 8 * length) {
      const readable = isReadable(this.mode)
      const present = bytesToInteger(
        await this.register.readForChange(evaluation, { readable }),
        this.#bigEndian,
      )
      whole |= present & ~(((1n << BigInt(bits)) - 1n) << BigInt(shift))
    }
    await this.register.write(integerToBytes(whole, length, this.#bigEndian), evaluation)
  }

  async min(evaluation: Evaluation): Promise<bigint> {
    return this.#range(this.#field(await this.register.length(evaluation)).bits).min
  }

  async max(evaluation: Evaluation): Promise<bigint> {
    return this.#range(this.#field(await this.register.length(evaluation)).bits).max
  }

  inc(): Promise<bigint> {
    return Promise.resolve(1n)
  }

  style() {
    return this.#style
  }

  #range(bits: number): { readonly min: bigint; readonly max: bigint } {
    const half = 1n << BigInt(bits - 1)
    return this.#signed || bits === 64 ? { min: -half, max: half - 1n } : { min: 0n, max: 2n * half - 1n }
  }

  #field(length: number): Field {
    if (length > 8) throw descriptionError(this.name, `an integer of ${length} bytes is longer than 8`)
    const all = 8 * length
    if (this.#mask === undefined) return { shift: 0, bits: all }
    const { one, other } = this.#mask
    if (Math.max(one, other) >= all) {
      throw descriptionError(this.name, `its bit ${Math.max(one, other)} is beyond its ${length} bytes`)
    }
    const shift = this.#bigEndian ? all - 1 - Math.max(one, other) : Math.min(one, other)
    return { shift, bits: Math.abs(one - other) + 1 }
  }
}

function readMask(xml: NodeXml): { readonly one: number; readonly other: number } {
  const bit = xml.integer('Bit')
  const one = bit ?? xml.integer('LSB')
  const other = bit ?? xml.integer('MSB')
  if (one === undefined || other === undefined)
    throw descriptionError(xml.name, 'it has neither Bit nor LSB and MSB')
  xml.check(one >= 0n && one < 64n && other >= 0n && other < 64n, 'its bits are not between 0 and 63')
  return { one: Number(one), other: Number(other) }
}
