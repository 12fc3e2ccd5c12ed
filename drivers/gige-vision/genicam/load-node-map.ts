import { Emitter } from '../../../src-shared/emitter.ts'
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { executeFeature, setFeature } from './change-feature.ts'
import { describeFeature } from './describe-feature.ts'
import { type DeviceDescription, readDescription } from './device-description.ts'
import { Evaluation } from './evaluation.ts'
import type { Category, Feature, FeatureValue } from './feature.ts'
import { notOfType } from './feature-error.ts'
import type { DescribedDevice, NodeMap, RegisterPorts } from './node-map.ts'
import { NodeSet } from './node-set.ts'
import { readFeature, readFloat, readInteger } from './read-feature.ts'

/**
 * The node map of a device.
 * @param description the device's XML, see `fetchDescription`.
 * @param ports its registers: `{ Device: port }`. Looked up whenever one is used, so that ports may come later.
 * @throws DEVICE_FAILED when the description as a whole cannot be read; what is faulty in it is told in `faults`.
 */
export function loadNodeMap(description: string, ports: RegisterPorts): NodeMap {
  return new LoadedNodeMap(readDescription(description), ports)
}

/** A node that polls: how often, and how long its value has been there. */
type Age = { readonly pollingMs: number; ageMs: number }

class LoadedNodeMap implements NodeMap {
  readonly device: DescribedDevice
  readonly categories: readonly Category[]
  readonly faults: readonly CoverslipError[]
  readonly featureNames: readonly string[]
  readonly pollingMs: number | undefined
  readonly #nodes: NodeSet
  readonly #changes = new Emitter<readonly string[]>()
  readonly #ages = new Map<string, Age>()
  /** Settles when the calls made so far are carried out. */
  #calls: Promise<unknown> = Promise.resolve()

  constructor(description: DeviceDescription, ports: RegisterPorts) {
    this.device = description.device
    this.#nodes = new NodeSet(description, ports)
    this.categories = this.#nodes.categories
    this.faults = this.#nodes.faults
    this.featureNames = this.#nodes.featureNames
    let shortest = Number.POSITIVE_INFINITY
    for (const [name, pollingMs] of this.#nodes.polling()) {
      this.#ages.set(name, { pollingMs, ageMs: 0 })
      shortest = Math.min(shortest, pollingMs)
    }
    this.pollingMs = this.#ages.size === 0 ? undefined : shortest
  }

  has(name: string): boolean {
    return this.#nodes.has(name)
  }

  get(name: string): Promise<FeatureValue> {
    return this.#inTurn((evaluation) => readFeature(this.#nodes.get(name), evaluation))
  }

  getInteger(name: string): Promise<bigint> {
    return this.#inTurn((evaluation) => readInteger(this.#nodes.get(name), evaluation))
  }

  getFloat(name: string): Promise<number> {
    return this.#inTurn((evaluation) => readFloat(this.#nodes.get(name), evaluation))
  }

  async getString(name: string): Promise<string> {
    const value = await this.get(name)
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
  }

  set(name: string, value: FeatureValue): Promise<void> {
    return this.#inTurn((evaluation) => setFeature(this.#nodes.get(name), value, evaluation))
  }

  execute(name: string): Promise<void> {
    return this.#inTurn((evaluation) => executeFeature(this.#nodes.get(name), evaluation))
  }

  isDone(name: string): Promise<boolean> {
    return this.#inTurn(
      (evaluation) => {
        const node = this.#nodes.get(name)
        if (node.kind !== 'command') throw notOfType(name, 'a command')
        return evaluation.within(name, 'value', () => node.isDone(evaluation))
      },
      { fresh: true },
    )
  }

  feature(name: string): Promise<Feature> {
    return this.#inTurn((evaluation) =>
      describeFeature(this.#nodes.get(name), this.#nodes.labels(name), evaluation),
    )
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
      this.#nodes.registers.dropAll()
      this.#announce(this.#nodes.names())
    } else {
      this.#nodes.get(name)
      this.#dropSourcesOf([name])
    }
  }

  poll(elapsedMs: number): void {
    const due: string[] = []
    for (const [name, age] of this.#ages) {
      age.ageMs += elapsedMs
      if (age.ageMs < age.pollingMs) continue
      age.ageMs = 0
      due.push(name)
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
    const affected = this.#nodes.graph.affectedBy(changed)
    // What was written is known; only what depends on it is not.
    this.#nodes.registers.drop([...affected].filter((name) => !changed.has(name)))
    this.#announce(affected)
  }

  /** Forgets the registers from which `names` are computed, and all that depends on those, and announces it. */
  #dropSourcesOf(names: readonly string[]): void {
    const { graph, registers } = this.#nodes
    const sources = names.flatMap((name) => [...graph.sourcesOf(name)])
    const affected = graph.affectedBy([...names, ...sources.filter((name) => registers.has(name))])
    registers.drop(affected)
    this.#announce(affected)
  }

  #announce(names: Iterable<string>): void {
    this.#changes.emit([...names].filter((name) => this.#nodes.has(name)))
  }
}
