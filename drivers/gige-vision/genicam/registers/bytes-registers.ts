import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { Evaluation } from '../evaluation.ts'
import type { RegisterNode, StringNode } from '../map-nodes.ts'
import { RegisterBase } from './register-base.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** StringReg: UTF-8 up to the first NUL. */
export class StringRegister extends RegisterBase implements StringNode {
  readonly kind = 'string'

  async read(evaluation: Evaluation): Promise<string> {
    const bytes = await this.register.read(evaluation)
    const end = bytes.indexOf(0)
    // A copy, as some decoders do not take shared memory.
    return decoder.decode(bytes.slice(0, end < 0 ? bytes.length : end))
  }

  async write(value: string, evaluation: Evaluation): Promise<void> {
    const bytes = new Uint8Array(await this.register.length(evaluation))
    const text = encoder.encode(value)
    if (text.length > bytes.length) {
      throw new CoverslipError(
        'OUT_OF_RANGE',
        `"${this.name}" holds ${bytes.length} bytes, not ${text.length}`,
        {
          hint: 'Choose a shorter text.',
          data: { node: this.name, maxLength: bytes.length },
        },
      )
    }
    bytes.set(text)
    await this.register.write(bytes, evaluation)
  }

  maxLength(evaluation: Evaluation): Promise<number> {
    return this.register.length(evaluation)
  }
}

/** Register: bytes without a meaning that the description would know. */
export class RawRegister extends RegisterBase implements RegisterNode {
  readonly kind = 'register'

  read(evaluation: Evaluation): Promise<Uint8Array> {
    return this.register.read(evaluation)
  }

  async write(value: Uint8Array, evaluation: Evaluation): Promise<void> {
    const length = await this.register.length(evaluation)
    if (value.length !== length) {
      throw new CoverslipError('INVALID_INPUT', `"${this.name}" has ${length} bytes, not ${value.length}`, {
        hint: 'Give all of its bytes.',
        data: { node: this.name, length },
      })
    }
    await this.register.write(value.slice(), evaluation)
  }

  length(evaluation: Evaluation): Promise<number> {
    return this.register.length(evaluation)
  }
}
