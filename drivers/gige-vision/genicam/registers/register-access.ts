import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import { buildFormula } from '../nodes/node-formula.ts'
import type { NodeScope } from '../node-scope.ts'
import { NodeXml } from '../node-xml.ts'
import { integerSource, referencesOf } from '../value-sources.ts'
import type { XmlElement } from '../xml-tree.ts'
import { integerArithmetic } from '../formula/integer-arithmetic.ts'
import type { CachedRegister, RegisterStore } from './register-store.ts'

type Caching = 'NoCache' | 'WriteThrough' | 'WriteAround'
type Term = (evaluation: Evaluation) => Promise<bigint>
type Location = { readonly address: bigint; readonly length: number }

type Content = Location & {
  readonly bytes: Uint8Array
  /** Who read it; `lasting`: others may take it as well. */
  readonly by: Evaluation
  readonly lasting: boolean
}

/** Look-up tables of real cameras have up to 256 KiB. */
const maxLength = 1024 * 1024

/** Where a register node lies, how it is read and written, and what is cached of it. */
export class RegisterAccess implements CachedRegister {
  readonly name: string
  readonly #store: RegisterStore
  readonly #port: string
  readonly #terms: readonly Term[]
  readonly #length: Term
  readonly #caching: Caching
  #content: Content | undefined
  /** Counts calls of `drop`, so that what was read before one is not cached after it. */
  #drops = 0

  constructor(xml: NodeXml, scope: NodeScope) {
    this.name = xml.name
    this.#store = scope.registers
    this.#port = xml.text('pPort') ?? 'Device'
    const length = integerSource(xml, scope, 'Length')
    if (length === undefined) throw descriptionError(xml.name, 'it has no Length')
    this.#length = length
    this.#terms = addressTerms(xml, scope, length)
    xml.check(this.#terms.length > 0, 'it has no Address')
    this.#caching = xml.choice<Caching>(
      'Cachable',
      { NoCache: 'NoCache', WriteThrough: 'WriteThrough', WriteAround: 'WriteAround' },
      'WriteThrough',
    )
    scope.registers.add(this)
  }

  isConnected(): boolean {
    return this.#store.isConnected(this.#port)
  }

  async length(evaluation: Evaluation): Promise<number> {
    const length = await this.#length(evaluation)
    if (length < 1n || length > maxLength) {
      throw descriptionError(this.name, `its length of ${length} bytes is not between 1 and ${maxLength}`)
    }
    return Number(length)
  }

  /** Its bytes, from the cache where that holds. They are not to be changed. */
  async read(evaluation: Evaluation): Promise<Uint8Array> {
    const location = await this.#locate(evaluation)
    const content = this.#content
    const serves = content?.by === evaluation || (content?.lasting === true && !evaluation.fresh)
    if (content !== undefined && serves && isSame(content, location)) return content.bytes
    return this.#fetch(location, evaluation)
  }

  /** Its bytes as the device has them, for changing some of them; from the cache only where it cannot be read. */
  async readForChange(evaluation: Evaluation, options: { readonly readable: boolean }): Promise<Uint8Array> {
    const location = await this.#locate(evaluation)
    if (options.readable) return (await this.#fetch(location, evaluation)).slice()
    const content = this.#content
    if (content !== undefined && isSame(content, location)) return content.bytes.slice()
    return new Uint8Array(location.length)
  }

  /** Writes all of its bytes. `data` is kept: the caller does not change it any more. */
  async write(data: Uint8Array, evaluation: Evaluation): Promise<void> {
    const location = await this.#locate(evaluation)
    const { address, length } = location
    evaluation.changed.add(this.name)
    this.drop()
    for (const name of this.#store.dropOverlapping(this, this.#port, address, length)) {
      evaluation.changed.add(name)
    }
    await this.#store.port(this.#port, this.name).write(address, data)
    if (this.#caching === 'WriteThrough') {
      this.#content = { ...location, bytes: data, by: evaluation, lasting: true }
    }
  }

  drop(): void {
    this.#content = undefined
    this.#drops += 1
  }

  overlaps(port: string, address: bigint, length: number): boolean {
    const content = this.#content
    return (
      content !== undefined &&
      port === this.#port &&
      address < content.address + BigInt(content.length) &&
      content.address < address + BigInt(length)
    )
  }

  async #fetch(location: Location, evaluation: Evaluation): Promise<Uint8Array> {
    const drops = this.#drops
    const { address, length } = location
    const bytes = await this.#store.port(this.#port, this.name).read(address, length)
    if (bytes.length !== length) {
      throw descriptionError(this.name, `${length} bytes were asked for, and ${bytes.length} came`)
    }
    if (drops === this.#drops) {
      this.#content = { ...location, bytes, by: evaluation, lasting: this.#caching !== 'NoCache' }
    }
    return bytes
  }

  async #locate(evaluation: Evaluation): Promise<Location> {
    let address = 0n
    for (const term of this.#terms) address += await term(evaluation)
    return { address: BigInt.asUintN(64, address), length: await this.length(evaluation) }
  }
}

function isSame(one: Location, other: Location): boolean {
  return one.address === other.address && one.length === other.length
}

/** The address is the sum of all that is given: numbers, nodes, formulas, and indices times their offsets. */
function addressTerms(xml: NodeXml, scope: NodeScope, length: Term): readonly Term[] {
  const numbers = xml.all('Address').map(({ text }) => constant(xml.toInteger(text, 'Address')))
  const nodes = referencesOf(xml, scope, 'pAddress').map(
    (reference) => (evaluation: Evaluation) => reference.integer(evaluation),
  )
  const formulas = xml.all('IntSwissKnife').map((element) => {
    const formula = buildFormula(new NodeXml(element, xml.name), scope, {
      arithmetic: integerArithmetic,
      element: 'Formula',
    })
    return (evaluation: Evaluation) => formula.evaluate(evaluation)
  })
  const indices = xml.all('pIndex').map((element) => indexTerm(element, xml, scope, length))
  return [...numbers, ...nodes, ...formulas, ...indices]
}

function indexTerm(element: XmlElement, xml: NodeXml, scope: NodeScope, length: Term): Term {
  const index = scope.reference(xml.name, element.text)
  const { attributes } = element
  const offset = attributes.get('Offset')
  const offsetNode = attributes.get('pOffset')
  let distance = length
  if (offset !== undefined) distance = constant(xml.toInteger(offset, 'Offset'))
  else if (offsetNode !== undefined) {
    const reference = scope.reference(xml.name, offsetNode)
    distance = (evaluation) => reference.integer(evaluation)
  }
  return async (evaluation) => (await index.integer(evaluation)) * (await distance(evaluation))
}

function constant(value: bigint): Term {
  return () => Promise.resolve(value)
}
