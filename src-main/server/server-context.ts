/** What every part of the HTTP server gets: the engine, and who is asking. */
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../../src-shared/access.ts'
import type { CallAccess } from '../../src-shared/contract/call-kinds.ts'
import type { HostInfo } from '../../src-shared/contract/events.ts'
import type { Access } from '../access/access.ts'
import type { ShareControl } from '../access/share-control.ts'
import type { Engine } from '../engine/create-engine.ts'

/** What calls are answered with. */
export type ServerContext = {
  readonly engine: Engine
  readonly host: HostInfo
  readonly access: Access
  readonly share: ShareControl
  /** @throws CoverslipError UNAUTHORIZED when the request carries no valid access token where one is needed. */
  callerOf(request: IncomingMessage): Caller
  /** Why a request with these headers may not come in at all (Host, Origin); undefined when it may. */
  refusal(request: IncomingMessage): string | undefined
  /** Whether a page from elsewhere that is not allowed made a browser send this; see `refuseForeignPages`. */
  isFromForeignPage(request: IncomingMessage): boolean
}

/** What a façade's call does, as the contract's calls declare it. */
export type GuardedCall = CallAccess & {
  /** Its name in the audit log, e.g. `imswitch.PositionerController.movePositioner`. */
  readonly action: string
  readonly input?: unknown
}

/** A call that only looks. */
export const look = { role: 'viewer', control: false } as const satisfies CallAccess
/** A call that changes something at the microscope. */
export const change = { role: 'operator', control: true } as const satisfies CallAccess

/**
 * Does `call` for the sender of `request` if he may, and writes down changes: for ways in that do not go through the
 * contract's router.
 * @throws CoverslipError UNAUTHORIZED, FORBIDDEN, CONTROL_TAKEN, and what `call` throws.
 */
export async function guarded<Result>(
  { access, callerOf }: ServerContext,
  request: IncomingMessage,
  { action, input, ...needed }: GuardedCall,
  call: (caller: Caller) => Result | Promise<Result>,
): Promise<Result> {
  const caller = callerOf(request)
  const record = (error?: string): void => {
    if (needed.role !== 'viewer')
      access.record({ caller, action, input, ...(error === undefined ? {} : { error }) })
  }
  try {
    access.authorize(caller, needed)
    const result = await call(caller)
    record()
    return result
  } catch (error) {
    record(String(error))
    throw error
  }
}
