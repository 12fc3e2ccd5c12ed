import { CoverslipError } from '../../../src-shared/errors.ts'
import { Emitter } from '../../../src-shared/emitter.ts'
import { isReadable } from './access-mode.ts'
import { executeFeature, setFeature } from './change-feature.ts'
import { describeFeature, type FeatureLabels } from './describe-feature.ts'
import { descriptionError } from './description-error.ts'
import { type DeviceDescription, readDescription } from './device-description.ts'
import { Evaluation } from './evaluation.ts'
import type { Category, Feature, FeatureValue } from './feature.ts'
import { readCategories, readLabels } from './feature-labels.ts'
import type { ValueNode } from './map-nodes.ts'
import { NodeGraph } from './node-graph.ts'
import type { DescribedDevice, NodeMap, RegisterPorts } from './node-map.ts'
import type { NodeScope } from './node-scope.ts'
import type { NodeXml } from './node-xml.ts'
import { buildNode, hasValue } from './nodes/build-node.ts'
import { Reference } from './reference.ts'
import { RegisterStore } from './registers/register-store.ts'
import { wholeNumber } from './whole-number.ts'

/**
 * The node map of a device.
 * @param description the device's XML, see `fetchDescription`.
 * @param ports its registers: `{ Device: port }`. Looked up whenever one is used, so that ports may come later.
 * @throws DEVICE_FAILED when the description as a whole cannot be read; what is faulty in it is told in `faults`.
 */
export function loadNodeMap(description: string, ports: RegisterPorts): NodeMap {
  return new LoadedNodeMap(readDescription(description), ports)
}

class LoadedNodeMap implements NodeMap {
  readonly device: DescribedDevice
  readonly categories: readonly Category[]
  readonly faults: readonly CoverslipError[]
  readonly featureNames: readonly string[]
  readonly pollingMs: number | undefined
  readonly #nodes = new Map<string, ValueNode>()
  /** Why a node could not be made. */
  readonly #nodeFaults = new Map<string, CoverslipError>()
  readonly #labels = new Map<string, FeatureLabels>()
  readonly #graph = new NodeGraph()
  readonly #registers: RegisterStore
  readonly #changes = new Emitter<readonly string[]>()
  /** For each node that polls, how long its value has been there. */
  readonly #agesMs = new Map<string, number>()
  /** Settles when the calls made so far are carried out. */
  #calls: Promise<unknown> = Promise.resolve()

  constructor(description: DeviceDescription, ports: RegisterPorts) {
    this.device = description.device
    this.#registers = new RegisterStore(ports)
    const faults = [...description.faults]
    const selectors = this.#readSelectors(description.nodes, faults)
    const labels = new Map<string, ReturnType<typeof readFeatureLabels>>()
    for (const xml of description.nodes.values()) {
      if (!hasValue(xml)) continue
      try {
        labels.set(xml.name, readFeatureLabels(xml))
        this.#nodes.set(xml.name, buildNode(xml, this.#scope(description.nodes)))
      } catch (error) {
        const fault = CoverslipError.from(error)
        this.#nodeFaults.set(xml.name, fault)
        faults.push(fault)
      }
    }
    const tree = readCategories(description, (name) => this.#nodes.has(name), faults)
    for (const [name, label] of labels) {
      if (!this.#nodes.has(name)) continue
      this.#labels.set(name, { ...label, ...selectors(name), categoryPath: tree.paths.get(name) ?? [] })
      if (label.pollingMs !== undefined) this.#agesMs.set(name, 0)
    }
    this.categories = tree.categories
    this.faults = faults
    this.featureNames = [...tree.paths.keys()]
    const polling = [...this.#agesMs.keys()].flatMap((name) => this.#labels.get(name)?.pollingMs ?? [])
    this.pollingMs = polling.length === 0 ? undefined : Math.min(...polling)
  }

  has(name: string): boolean {
    return this.#nodes.has(name)
  }

  get(name: string): Promise<FeatureValue> {
    return this.#inTurn((evaluation) => this.#read(name, evaluation))
  }

  getInteger(name: string): Promise<bigint> {
    return this.#inTurn(async (evaluation) => {
      const node = await this.#readableNode(name, evaluation)
      if (node.kind === 'float') throw notOfType(name, 'an integer')
      return wholeNumber(await this.#ask(node).number(evaluation), name)
    })
  }

  getFloat(name: string): Promise<number> {
    return this.#inTurn(async (evaluation) => {
      const node = await this.#readableNode(name, evaluation)
      if (node.kind !== 'float' && node.kind !== 'integer') throw notOfType(name, 'a number')
      return this.#ask(node).float(evaluation)
    })
  }

  async getString(name: string): Promise<string> {
    const value = await this.get(name)
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
  }

  set(name: string, value: FeatureValue): Promise<void> {
    return this.#inTurn((evaluation) => setFeature(this.#node(name), value, evaluation))
  }

  execute(name: string): Promise<void> {
    return this.#inTurn((evaluation) => executeFeature(this.#node(name), evaluation))
  }

  isDone(name: string): Promise<boolean> {
    return this.#inTurn(
      async (evaluation) => {
        const node = this.#node(name)
        if (node.kind !== 'command') throw notOfType(name, 'a command')
        return evaluation.within(name, 'value', () => node.isDone(evaluation))
      },
      { fresh: true },
    )
  }

  feature(name: string): Promise<Feature> {
    return this.#inTurn((evaluation) => this.#describe(name, evaluation))
  }

  async features(): Promise<readonly Feature[]> {
    const features: Feature[] = []
    // One call each, so that others can be carried out between them.
    for (const name of this.featureNames) features.push(await this.feature(name))
    return features
  }

  onChanged(listener: (names: readonly string[]) => void): () => void {
    return this.#changes.on(listener)
  }

  invalidate(name?: string): void {
    if (name === undefined) {
      this.#registers.dropAll()
      this.#announce(this.#nodes.keys())
    } else {
      this.#node(name)
      this.#dropSourcesOf([name])
    }
  }

  poll(elapsedMs: number): void {
    const due: string[] = []
    for (const [name, ageMs] of this.#agesMs) {
      const isDue = ageMs + elapsedMs >= (this.#labels.get(name)?.pollingMs ?? Number.POSITIVE_INFINITY)
      this.#agesMs.set(name, isDue ? 0 : ageMs + elapsedMs)
      if (isDue) due.push(name)
    }
    if (due.length > 0) this.#dropSourcesOf(due)
  }

  /** Runs `call` after those made before; drops and announces what it changed, also when it failed half-way. */
  #inTurn<Result>(
    call: (evaluation: Evaluation) => Promise<Result>,
    options: { readonly fresh?: boolean } = {},
  ): Promise<Result> {
    const evaluation = new Evaluation(options)
    const result = this.#calls.then(() => call(evaluation))
    // Who called is told of its failure; the next call does not depend on it.
    this.#calls = result.then(
      () => this.#settle(evaluation),
      () => this.#settle(evaluation),
    )
    // Resolved only after the changes are announced.
    return this.#calls.then(() => result)
  }

  #settle({ changed }: Evaluation): void {
    if (changed.size === 0) return
    const affected = this.#graph.affectedBy(changed)
    // What was written is known; only what depends on it is not.
    this.#registers.drop([...affected].filter((name) => !changed.has(name)))
    this.#announce(affected)
  }

  /** Forgets the registers from which `names` are computed, and announces all that depends on those. */
  #dropSourcesOf(names: readonly string[]): void {
    const sources = new Set(names.flatMap((name) => [...this.#graph.sourcesOf(name)]))
    const registers = [...sources].filter((name) => this.#registers.has(name))
    this.#registers.drop(registers)
    const affected = this.#graph.affectedBy([...names, ...registers])
    this.#registers.drop(affected)
    this.#announce(affected)
  }

  #announce(names: Iterable<string>): void {
    this.#changes.emit([...names].filter((name) => this.#nodes.has(name)))
  }

  async #describe(name: string, evaluation: Evaluation): Promise<Feature> {
    const node = this.#node(name)
    const labels = this.#labels.get(name)
    if (labels === undefined) throw unknownFeature(name)
    return describeFeature(node, labels, evaluation)
  }

  async #read(name: string, evaluation: Evaluation): Promise<FeatureValue> {
    const node = await this.#readableNode(name, evaluation)
    return evaluation.within<FeatureValue>(name, 'value', async () => {
      if (node.kind === 'command') throw notOfType(name, 'something with a value')
      if (node.kind === 'register') return (await node.read(evaluation)).slice()
      if (node.kind !== 'enumeration') return node.read(evaluation)
      const value = await node.read(evaluation)
      const entry = node.entries.find((one) => one.value === value)
      if (entry === undefined)
        throw descriptionError(name, `the camera says ${value}, which is none of its entries`)
      return entry.name
    })
  }

  async #readableNode(name: string, evaluation: Evaluation): Promise<ValueNode> {
    const node = this.#node(name)
    const mode = await this.#ask(node).access(evaluation)
    if (isReadable(mode)) return node
    throw new CoverslipError('INVALID_INPUT', `"${name}" cannot be read now (access mode ${mode})`, {
      hint: 'It may be there in other settings of the camera.',
      data: { node: name, accessMode: mode },
    })
  }

  #node(name: string): ValueNode {
    const node = this.#nodes.get(name)
    if (node !== undefined) return node
    throw this.#nodeFaults.get(name) ?? unknownFeature(name)
  }

  #ask(node: ValueNode): Reference {
    return new Reference(node.name, node.name, () => node)
  }

  #scope(nodes: DeviceDescription['nodes']): NodeScope {
    return {
      graph: this.#graph,
      registers: this.#registers,
      reference: (owner, name) => {
        const xml = nodes.get(name)
        if (xml === undefined)
          throw descriptionError(owner, `it refers to "${name}", and there is no such node`)
        if (!hasValue(xml)) throw descriptionError(owner, `it refers to "${name}", which has no value`)
        this.#graph.addDependency(owner, name)
        return new Reference(owner, name, () => this.#node(name))
      },
    }
  }

  /** Which features select which. */
  #readSelectors(nodes: DeviceDescription['nodes'], faults: CoverslipError[]) {
    const selects = new Map<string, string[]>()
    const selectedBy = new Map<string, string[]>()
    for (const { name, all } of selectorsAmong(nodes)) {
      for (const selected of all) {
        if (!nodes.has(selected)) {
          faults.push(descriptionError(name, `it selects "${selected}", and there is no such node`))
          continue
        }
        listFor(selects, name).push(selected)
        listFor(selectedBy, selected).push(name)
        this.#graph.addInvalidation(selected, name)
      }
    }
    return (name: string) => ({ selects: selects.get(name) ?? [], selectedBy: selectedBy.get(name) ?? [] })
  }
}

function listFor(lists: Map<string, string[]>, name: string): string[] {
  const list = lists.get(name) ?? []
  lists.set(name, list)
  return list
}

function selectorsAmong(nodes: DeviceDescription['nodes']) {
  return [...nodes.values()].map((xml) => ({
    name: xml.name,
    all: xml.all('pSelected').map(({ text }) => text),
  }))
}

function readFeatureLabels(xml: NodeXml) {
  const pollingMs = xml.integer('PollingTime')
  xml.check(pollingMs === undefined || pollingMs > 0n, `a PollingTime of ${pollingMs} ms makes no sense`)
  return {
    name: xml.name,
    ...readLabels(xml),
    streamable: xml.labelChoice('Streamable', { Yes: true, No: false }, false),
    pollingMs: pollingMs === undefined ? undefined : Number(pollingMs),
  }
}

function unknownFeature(name: string): CoverslipError {
  return new CoverslipError('UNKNOWN_PROPERTY', `The camera has no feature "${name}"`, {
    hint: 'Names are those of the camera, written as in its property list.',
    data: { node: name },
  })
}

function notOfType(name: string, needed: string): CoverslipError {
  return new CoverslipError('INVALID_INPUT', `"${name}" is not ${needed}`, {
    hint: 'Ask for its value as its kind has it.',
    data: { node: name },
  })
}
