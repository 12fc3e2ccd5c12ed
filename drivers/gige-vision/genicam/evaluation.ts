import { descriptionError } from './description-error.ts'

/** What of a node is asked for: one may need another of the same node, but not itself. */
export type Aspect = 'value' | 'writing' | 'min' | 'max' | 'inc' | 'access'

/** Nodes that are asked in one call; the features of real cameras take some tens. */
const maxSteps = 20_000
const maxDepth = 64

/** One call of a node map's user: what it asked on the way, so that it ends whatever the description says. */
export class Evaluation {
  /** True: registers are read although they are cached (each once). */
  readonly fresh: boolean
  /** Names of nodes whose own value (a register's, a stored one) was changed. */
  readonly changed = new Set<string>()
  readonly #path: { readonly node: string; readonly aspect: Aspect }[] = []
  #steps = 0

  constructor(options: { readonly fresh?: boolean } = {}) {
    this.fresh = options.fresh ?? false
  }

  /**
   * Asks `node`. One at a time: the caller awaits it before the next.
   * @throws DEVICE_FAILED when the node depends on itself, or on too many others.
   */
  async within<Result>(node: string, aspect: Aspect, ask: () => Promise<Result>): Promise<Result> {
    this.spend(node, 1)
    const cycle = this.#path.findIndex((step) => step.node === node && step.aspect === aspect)
    if (cycle >= 0) {
      const names = [...this.#path.slice(cycle).map((step) => step.node), node]
      throw descriptionError(node, `its ${aspect} depends on itself (${names.join(' → ')})`)
    }
    if (this.#path.length === maxDepth) {
      throw descriptionError(node, `it depends on more than ${maxDepth} nodes in a row`)
    }
    this.#path.push({ node, aspect })
    try {
      return await ask()
    } finally {
      this.#path.pop()
    }
  }

  /**
   * Counts what `node` costs.
   * @throws DEVICE_FAILED when all nodes together cost too much.
   */
  spend(node: string, steps: number): void {
    this.#steps += steps
    if (this.#steps > maxSteps) {
      throw descriptionError(node, `it takes more than ${maxSteps} steps to evaluate`)
    }
  }
}
