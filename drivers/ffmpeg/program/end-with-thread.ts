import { type ChildProcess, spawn } from 'node:child_process'

/** Waits for a line; when the input ends without one, whoever was to write it is gone, and the process $0 is killed. */
const script = 'read -r _ || kill -KILL "$0"'

/**
 * Has `child` end with the thread or program that started it, however that ends: a thread that is terminated leaves its
 * child processes running. Windows has no such shell: there it ends by its own time limits, or when it writes to the pipe
 * that nobody reads any more.
 */
export function endWithThread(child: ChildProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) return
  const guard = spawn('sh', ['-c', script, String(child.pid)], { stdio: ['pipe', 'ignore', 'ignore'] })
  // Without a shell it is as on Windows; and a guard that was killed need not be told anything.
  guard.once('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  child.once('exit', () => guard.stdin.end('\n'))
}
