import { mayAct } from '../../src-shared/access.ts'
import type { Protocol, StreamParamsPatch } from '../../src-shared/stream-params.ts'
import type { CallContext } from './call-context.ts'

/** A stream that somebody is about to watch. */
export type WatchWish = {
  /** What the audit log calls it. */
  readonly action: string
  /** Id or name of a camera; absent: the first. */
  readonly detectorName?: string | undefined
  readonly protocol: Protocol
  /** For the stream if it begins now. */
  readonly params?: StreamParamsPatch | undefined
}

/**
 * Calls `begin` with the parameters that count: all who watch share the stream, so those of mere viewers are ignored;
 * those of operators count where the stream begins with them, and are written down then.
 * @throws what `begin` throws.
 */
export async function beginWatching<Begun extends { readonly detectorName: string }>(
  { engine, access, caller }: Pick<CallContext, 'engine' | 'access' | 'caller'>,
  { action, detectorName, protocol, params = {} }: WatchWish,
  begin: (params: StreamParamsPatch | undefined) => Promise<Begun>,
): Promise<Begun> {
  if (Object.keys(params).length === 0 || !mayAct(caller.role, 'operator')) return begin(undefined)
  const streams = engine.liveView.getActiveStreams().filter((stream) => stream.protocol === protocol)
  const input = { detectorName, protocol, params }
  try {
    const begun = await begin(params)
    const ran = streams.some((stream) => stream.detectorName === begun.detectorName)
    if (!ran) access.record({ caller, action, input: { ...input, detectorName: begun.detectorName } })
    return begun
  } catch (error) {
    access.record({ caller, action, input, error: String(error) })
    throw error
  }
}
