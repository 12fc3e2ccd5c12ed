import type { NodeGraph } from './node-graph.ts'
import type { Reference } from './reference.ts'
import type { RegisterStore } from './registers/register-store.ts'

/** What a node needs of its map while it is made. */
export interface NodeScope {
  /**
   * `owner`'s reference to the node `name`, on whose value it depends.
   * @throws DEVICE_FAILED when there is no such node.
   */
  reference(owner: string, name: string): Reference
  readonly graph: NodeGraph
  readonly registers: RegisterStore
}
