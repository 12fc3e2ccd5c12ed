/** Which node depends on which: who must be asked again when a value changes. */
export class NodeGraph {
  readonly #dependents = new Map<string, Set<string>>()
  readonly #sources = new Map<string, Set<string>>()

  /** `dependent` is computed from `source`. */
  addDependency(dependent: string, source: string): void {
    add(this.#dependents, source, dependent)
    add(this.#sources, dependent, source)
  }

  /** What `invalidated` holds is out of date once `invalidator` changed. */
  addInvalidation(invalidated: string, invalidator: string): void {
    add(this.#dependents, invalidator, invalidated)
  }

  /** All nodes that `names` may have changed, themselves among them. */
  affectedBy(names: Iterable<string>): ReadonlySet<string> {
    return closure(names, this.#dependents)
  }

  /** All nodes from which `name` is computed, itself among them. */
  sourcesOf(name: string): ReadonlySet<string> {
    return closure([name], this.#sources)
  }
}

function add(edges: Map<string, Set<string>>, from: string, to: string): void {
  const targets = edges.get(from)
  if (targets === undefined) edges.set(from, new Set([to]))
  else targets.add(to)
}

function closure(
  names: Iterable<string>,
  edges: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const reached = new Set(names)
  // A set is iterated in the order of insertion, what is added on the way included.
  for (const name of reached) for (const next of edges.get(name) ?? []) reached.add(next)
  return reached
}
