import { CoverslipError } from '../../../../src-shared/errors.ts'
import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import type { FloatNode, NumberStyle } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { readNumberStyle } from '../nodes/number-style.ts'
import { isBigEndian, RegisterBase } from './register-base.ts'

/** FloatReg: an IEEE 754 number of 4 or 8 bytes. */
export class FloatRegister extends RegisterBase implements FloatNode {
  readonly kind = 'float'
  readonly #bigEndian: boolean
  readonly #style: NumberStyle

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#bigEndian = isBigEndian(xml)
    this.#style = readNumberStyle(xml)
  }

  async read(evaluation: Evaluation): Promise<number> {
    const bytes = await this.register.read(evaluation)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    return this.#isDouble(bytes.length)
      ? view.getFloat64(0, !this.#bigEndian)
      : view.getFloat32(0, !this.#bigEndian)
  }

  async write(value: number, evaluation: Evaluation): Promise<void> {
    const bytes = new Uint8Array(await this.register.length(evaluation))
    const view = new DataView(bytes.buffer)
    if (this.#isDouble(bytes.length)) view.setFloat64(0, value, !this.#bigEndian)
    else if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
      throw new CoverslipError(
        'OUT_OF_RANGE',
        `${value} does not fit into "${this.name}", which has 32 bits`,
        {
          hint: 'Choose a smaller value.',
          data: { node: this.name, value },
        },
      )
    } else view.setFloat32(0, value, !this.#bigEndian)
    await this.register.write(bytes, evaluation)
  }

  min(): Promise<number> {
    return Promise.resolve(Number.NEGATIVE_INFINITY)
  }

  max(): Promise<number> {
    return Promise.resolve(Number.POSITIVE_INFINITY)
  }

  inc(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  style() {
    return this.#style
  }

  #isDouble(length: number): boolean {
    if (length === 4 || length === 8) return length === 8
    throw descriptionError(this.name, `a float of ${length} bytes is neither of 4 nor of 8`)
  }
}
