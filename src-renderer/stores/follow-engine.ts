import type { EngineClient } from '../backend/backend.ts'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import type { EngineStore } from './engine-store.ts'

/** Waiting times between attempts to reconnect, ms; the last one repeats. */
const backOffMs = [500, 1000, 2000, 3000, 5000]
/** After so long without an event the host is asked whether it is still there: a pulled cable closes nothing. */
const silenceMs = 15_000
const answerWithinMs = 5_000

type FollowOptions = {
  readonly client: Pick<EngineClient, 'system'>
  readonly store: EngineStore
  readonly signal: AbortSignal
  /** Ends early when `signal` aborts or the user wants to reconnect now. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}

/** Aborts `link` when the host has been silent and does not answer a call either. */
function watchSilence(client: Pick<EngineClient, 'system'>, link: AbortController) {
  let timer: ReturnType<typeof setTimeout> | undefined
  function heard() {
    clearTimeout(timer)
    timer = setTimeout(ask, silenceMs)
  }
  function ask() {
    client.system
      .info(undefined, { signal: AbortSignal.any([link.signal, AbortSignal.timeout(answerWithinMs)]) })
      .then(
        () => heard(),
        (error: unknown) => link.abort(error),
      )
  }
  heard()
  link.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  return heard
}

/**
 * Keeps `store` in step with the engine until `signal` aborts: the snapshot first, then what changes. A lost
 * connection is marked in the store and tried again with growing pauses; the new snapshot brings the store up to date.
 * Ends when the host does not let this page in any more.
 */
export async function followEngine({ client, store, signal, wait = waitFor }: FollowOptions): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const link = new AbortController()
    const linkSignal = AbortSignal.any([signal, link.signal])
    let failure: Pick<CallFailure, 'code' | 'message' | 'hint'> = {
      code: 'UNREACHABLE',
      message: 'The connection to Coverslip was closed.',
      hint: undefined,
    }
    try {
      store.setInfo(await client.system.info(undefined, { signal: linkSignal }))
      const events = await client.system.events(undefined, { signal: linkSignal })
      const heard = watchSilence(client, link)
      for await (const event of events) {
        heard()
        store.apply(event)
        failures = 0
      }
    } catch (error) {
      failure = callFailure(error)
    }
    link.abort()
    if (signal.aborted) return
    const { code, message, hint } = failure
    if (code === 'UNAUTHORIZED') return store.setConnection({ state: 'refused', message, hint })
    const pauseMs = backOffMs[Math.min(failures, backOffMs.length - 1)] ?? 0
    failures += 1
    store.setConnection({ state: 'lost', message, retryAt: Date.now() + pauseMs })
    await wait(pauseMs, signal)
  }
}
