/** The elements of one node of a description, read by name and checked. */
import { descriptionError } from './description-error.ts'
import type { XmlElement } from './xml-tree.ts'

export class NodeXml {
  /** `IntReg`, `Enumeration`, ... */
  readonly type: string
  readonly name: string
  readonly #children = new Map<string, XmlElement[]>()

  /** @param name for what is named otherwise than its element says: entries of a StructReg, formulas within a node. */
  constructor(element: XmlElement, name = element.attributes.get('Name') ?? '') {
    this.type = element.name
    this.name = name
    for (const child of element.children) {
      const list = this.#children.get(child.name)
      if (list === undefined) this.#children.set(child.name, [child])
      else list.push(child)
    }
  }

  /** All elements called `name`, in order. */
  all(name: string): readonly XmlElement[] {
    return this.#children.get(name) ?? []
  }

  has(name: string): boolean {
    return this.#children.has(name)
  }

  /** Text of the first element called `name`; undefined: there is none, or it is empty. */
  text(name: string): string | undefined {
    const text = this.all(name)[0]?.text
    return text === '' ? undefined : text
  }

  integer(name: string): bigint | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : this.toInteger(text, name)
  }

  float(name: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : this.toFloat(text, name)
  }

  /**
   * One of the `choices` by what the element says, `otherwise` where there is none.
   * @throws DEVICE_FAILED for another text.
   */
  choice<Choice>(name: string, choices: Readonly<Record<string, Choice>>, otherwise: Choice): Choice {
    const text = this.text(name)
    if (text === undefined) return otherwise
    const choice = Object.hasOwn(choices, text) ? choices[text] : undefined
    if (choice === undefined) throw descriptionError(this.name, `${name} "${text}" is not known`)
    return choice
  }

  /** As `choice`, for what is only shown: another text counts as none. */
  labelChoice<Choice>(name: string, choices: Readonly<Record<string, Choice>>, otherwise: Choice): Choice {
    const text = this.text(name)
    if (text === undefined || !Object.hasOwn(choices, text)) return otherwise
    return choices[text] ?? otherwise
  }

  /** Decimal or 0x hexadecimal, with a sign or without, as a signed 64-bit number. */
  toInteger(text: string, what: string): bigint {
    if (!/^[+-]?(0[xX][0-9a-fA-F]{1,16}|\d{1,20})$/.test(text)) {
      throw descriptionError(this.name, `${what} "${text.slice(0, 40)}" is no 64-bit integer`)
    }
    const magnitude = BigInt(text.replace(/^[+-]/, ''))
    return BigInt.asIntN(64, text.startsWith('-') ? -magnitude : magnitude)
  }

  toFloat(text: string, what: string): number {
    const value = Number(text)
    if (Number.isNaN(value)) throw descriptionError(this.name, `${what} "${text.slice(0, 40)}" is no number`)
    return value
  }

  /** That it is so, or a fault with `reason`. */
  check(holds: boolean, reason: string): void {
    if (!holds) throw descriptionError(this.name, reason)
  }
}
