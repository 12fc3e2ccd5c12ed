import { type ChildProcess, spawn } from 'node:child_process'

/** Waits for a line; when the input ends without one, whoever was to write it is gone, and the process is killed. */
const guardCommand = (pid: number): readonly [program: string, ...args: string[]] =>
  process.platform === 'win32'
    ? ['cmd.exe', '/d', '/c', `set /p ended=|| taskkill /f /pid ${pid}`]
    : ['sh', '-c', 'read -r _ || kill -KILL "$0"', String(pid)]

/**
 * Has `child` end with the thread or program that started it, however that ends: a thread that is terminated leaves its
 * child processes running.
 */
export function endWithThread(child: ChildProcess): void {
  if (child.pid === undefined) return
  const [program, ...args] = guardCommand(child.pid)
  const guard = spawn(program, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
    // Windows' shell takes its command as it stands.
    windowsVerbatimArguments: true,
  })
  // Without a shell it ends by its own time limits; and a guard that was killed need not be told anything.
  guard.once('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  child.once('exit', () => guard.stdin.end('ended\n'))
}
