import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FeatureLabels } from './describe-feature.ts'
import { descriptionError } from './description-error.ts'
import type { DeviceDescription } from './device-description.ts'
import type { Category } from './feature.ts'
import { unknownFeature } from './feature-error.ts'
import { readCategories, readLabels } from './feature-labels.ts'
import type { ValueNode } from './map-nodes.ts'
import { NodeGraph } from './node-graph.ts'
import type { RegisterPorts } from './node-map.ts'
import type { NodeScope } from './node-scope.ts'
import type { NodeXml } from './node-xml.ts'
import { buildNode, hasValue } from './nodes/build-node.ts'
import { Reference } from './reference.ts'
import { RegisterStore } from './registers/register-store.ts'
import { readSelectors } from './selectors.ts'

/** All nodes that could be made from a description, and what is told of them. */
export class NodeSet {
  readonly graph = new NodeGraph()
  readonly registers: RegisterStore
  readonly categories: readonly Category[]
  /** Names of features in categories. */
  readonly featureNames: readonly string[]
  readonly faults: readonly CoverslipError[]
  readonly #nodes = new Map<string, ValueNode>()
  readonly #labels = new Map<string, FeatureLabels>()
  /** Why a node could not be made. */
  readonly #nodeFaults = new Map<string, CoverslipError>()

  constructor(description: DeviceDescription, ports: RegisterPorts) {
    this.registers = new RegisterStore(ports)
    const faults = [...description.faults]
    const selectors = readSelectors(description, this.graph, faults)
    const labels = new Map<string, ReturnType<typeof readFeatureLabels>>()
    const scope = this.#scope(description)
    for (const xml of description.nodes.values()) {
      if (!hasValue(xml)) continue
      try {
        labels.set(xml.name, readFeatureLabels(xml))
        this.#nodes.set(xml.name, buildNode(xml, scope))
      } catch (error) {
        const fault = CoverslipError.from(error)
        this.#nodeFaults.set(xml.name, fault)
        faults.push(fault)
      }
    }
    const { categories, paths } = readCategories(description, (name) => this.has(name), faults)
    for (const [name, label] of labels) {
      if (!this.has(name)) continue
      this.#labels.set(name, { ...label, ...selectors(name), categoryPath: paths.get(name) ?? [] })
    }
    this.categories = categories
    this.featureNames = [...paths.keys()]
    this.faults = faults
  }

  has(name: string): boolean {
    return this.#nodes.has(name)
  }

  names(): Iterable<string> {
    return this.#nodes.keys()
  }

  /** @throws UNKNOWN_PROPERTY, or the fault for which the node could not be made. */
  get(name: string): ValueNode {
    const node = this.#nodes.get(name)
    if (node !== undefined) return node
    throw this.#nodeFaults.get(name) ?? unknownFeature(name)
  }

  /** @throws UNKNOWN_PROPERTY. */
  labels(name: string): FeatureLabels {
    const labels = this.#labels.get(name)
    if (labels !== undefined) return labels
    throw unknownFeature(name)
  }

  /** Those whose values change by themselves, with the time after which they may have, ms. */
  *polling(): Generator<readonly [name: string, pollingMs: number]> {
    for (const { name, pollingMs } of this.#labels.values()) {
      if (pollingMs !== undefined) yield [name, pollingMs]
    }
  }

  #scope({ nodes }: DeviceDescription): NodeScope {
    return {
      graph: this.graph,
      registers: this.registers,
      reference: (owner, name) => {
        const xml = nodes.get(name)
        if (xml === undefined) {
          throw descriptionError(owner, `it refers to "${name}", and there is no such node`)
        }
        if (!hasValue(xml)) throw descriptionError(owner, `it refers to "${name}", which has no value`)
        this.graph.addDependency(owner, name)
        return new Reference(owner, name, () => this.get(name))
      },
    }
  }
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
