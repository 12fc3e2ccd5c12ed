import type { Caller } from '../../src-shared/access.ts'
import type { HostInfo } from '../../src-shared/contract/events.ts'
import type { Access } from '../access/access.ts'
import type { ShareControl } from '../access/share-control.ts'
import type { Engine } from './create-engine.ts'

/** What a host gives with each call. */
export type CallContext = {
  readonly engine: Engine
  readonly host: HostInfo
  readonly caller: Caller
  readonly access: Access
  readonly share: ShareControl
  /** Shows a file in the system's file manager; absent where there is no desktop. */
  readonly reveal?: (path: string) => void
}
