import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../src-shared/contract/contract.ts'
import type { FrameSource } from '../display/display-types.ts'

/** Every call of the contract, typed. */
export type EngineClient = ContractRouterClient<typeof contract>

/** The engine as the UI reaches it: calls and events through `client`, frames from `frameSource`. */
export interface Backend {
  readonly client: EngineClient
  /** For the one display of this page; a port can be given away only once. */
  readonly frameSource: FrameSource
}
