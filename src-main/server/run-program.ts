import { CoverslipError } from '../../src-shared/errors.ts'

/** Runs a program's start; where that fails, says why and what helps, and ends the process. */
export async function runProgram(start: () => Promise<void>): Promise<void> {
  try {
    await start()
  } catch (error) {
    const { message, hint } = CoverslipError.from(error)
    if (!(error instanceof CoverslipError)) console.error(error)
    console.error(hint === undefined ? message : `${message}\n${hint}`)
    process.exit(1)
  }
}

/** Calls `close` once when the process is asked to end, and ends it then; asked again, it ends at once. */
export function closeOnSignals(close: () => Promise<void>): void {
  let closingSinceMs: number | undefined
  const end = async () => {
    if (closingSinceMs !== undefined) {
      // Ctrl-C reaches this process both from the terminal and through npm: only a later one means impatience.
      if (performance.now() - closingSinceMs > 1000) process.exit(1)
      return
    }
    closingSinceMs = performance.now()
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())
}
