import { setImmediate as turn } from 'node:timers/promises'
import { pageBytes } from '../../src-shared/kernels/page-aligned-memory.ts'

/** Found in between other work of the thread, bytes: less than a millisecond also where the computer is slow at it. */
export const foundAtOnce = 256 * 2 ** 10

/**
 * Has the operating system find all pages of `memory`, which it otherwise does when each is first written to: that takes
 * some tenths of a second for each GB, in virtual machines seconds, and would hold up whoever fills it. Its content stays.
 * The thread's other work goes on in between.
 */
export async function findMemory(memory: Uint8Array<SharedArrayBuffer>): Promise<void> {
  for (let at = 0; at < memory.length; at += foundAtOnce) {
    const end = Math.min(memory.length, at + foundAtOnce)
    // Somebody may be writing to it.
    for (let page = at; page < end; page += pageBytes) Atomics.or(memory, page, 0)
    await turn()
  }
}
