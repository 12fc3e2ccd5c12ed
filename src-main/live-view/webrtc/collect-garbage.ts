import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Connections that were closed within this time are freed together, ms. */
const waitMs = 1000

let collect: (() => void) | undefined
let timer: NodeJS.Timeout | undefined

/**
 * Frees what connections that were closed hold, a moment later. A connection with its encoder takes some MB outside
 * of V8's heap until its JavaScript object is collected; V8 sees a small object only, and would let hundreds pile up.
 */
export function collectGarbageSoon(): void {
  timer ??= setTimeout(() => {
    timer = undefined
    collect ??= exposedCollector()
    collect()
  }, waitMs).unref()
}

function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
