/**
 * How long a driver may take. Its thread's time is of two kinds: idle, while it waits for its device, and busy, while it
 * works or waits for a processor. A device that does not answer shows by idle time; the time that a busy computer lets a
 * thread wait says nothing of the device, so that much more of it is allowed.
 */

/** How long a thread may be idle, and busy. */
export type Patience = {
  /** Idle time after which what the thread waits for is taken not to answer, ms. */
  readonly idleMs: number
  /** Busy time after which the thread is taken to be stuck, ms. */
  readonly busyMs: number
}

/** What a thread did for too long. */
export type Lateness = 'idle' | 'busy'

/**
 * Calls `late`, once, when a thread has been idle or busy for longer than it may from now on. `loop` is of its event loop,
 * whose counts are 0 while the thread starts: that counts as busy. Returns what ends the watch.
 */
export function whenLate(
  loop: () => { readonly idle: number },
  { idleMs, busyMs }: Patience,
  late: (lateness: Lateness) => void,
): () => void {
  const since = { ms: performance.now(), idleMs: loop().idle }
  let timer: NodeJS.Timeout | undefined
  let turn: NodeJS.Immediate | undefined
  const judge = () => {
    const idle = loop().idle - since.idleMs
    const busy = performance.now() - since.ms - idle
    if (idle >= idleMs) late('idle')
    else if (busy >= busyMs) late('busy')
    else wait(Math.min(idleMs - idle, busyMs - busy))
  }
  const wait = (ms: number) => {
    timer = setTimeout(() => {
      // Where this thread was busy itself, an answer may be there, unread: it is read before the thread is judged.
      turn = setImmediate(judge)
    }, Math.ceil(ms))
  }
  wait(Math.min(idleMs, busyMs))
  return () => {
    clearTimeout(timer)
    clearImmediate(turn)
  }
}
