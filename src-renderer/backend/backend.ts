import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../src-shared/contract/contract.ts'
import type { FrameSource } from '../display/display-types.ts'

/** Every call of the contract, typed. */
export type EngineClient = ContractRouterClient<typeof contract>

/** The engine as the UI reaches it: calls and events through `client`, frames from where `openFrames` says. */
export interface Backend {
  readonly client: EngineClient
  /** A way for the frames of one display. */
  openFrames(): FrameSource
  /** Whether the host is reached over a network, and asks who one is. */
  readonly remote: boolean
}
