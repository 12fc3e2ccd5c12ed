/** What the doctor looks at of a computer, so that his tests can show him others. */
import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { access, constants, readdir, readFile, stat, statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { delimiter, join } from 'node:path'

/** How a program ended, and what it wrote. */
export type ProgramResult = { readonly exitCode: number; readonly output: string }

/** A computer, as far as the doctor looks at it. */
export interface Machine {
  readonly platform: NodeJS.Platform
  /** Undefined: there is no such file, or it may not be read. */
  readText(path: string): Promise<string | undefined>
  /** Names in a folder; empty when there is none. */
  list(folder: string): Promise<string[]>
  exists(path: string): Promise<boolean>
  mayReadAndWrite(path: string): Promise<boolean>
  /** Number of the group that a file belongs to. */
  groupOf(path: string): Promise<number>
  /** Where a program is; undefined: it is not installed. */
  findProgram(name: string): Promise<string | undefined>
  /** Runs a program for at most a few seconds. @throws Error when it cannot be run. */
  run(path: string, args: readonly string[]): Promise<ProgramResult>
  /** Bytes of receive buffer that a UDP socket says it has after asking for `wanted`. */
  receiveBuffer(wanted: number): Promise<number>
  freeDiskBytes(path: string): Promise<number>
  availableMemoryBytes(): number
  totalMemoryBytes(): number
}

const runLimitMs = 5000
const mostOutput = 2 ** 20

/** The computer that this runs on. */
export const thisMachine: Machine = {
  platform: process.platform,
  readText: (path) => readFile(path, 'utf8').catch(() => undefined),
  list: (folder) => readdir(folder).catch(() => []),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  mayReadAndWrite: (path) =>
    access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    ),
  groupOf: async (path) => (await stat(path)).gid,
  findProgram,
  run: (path, args) =>
    new Promise((resolve, reject) => {
      execFile(path, [...args], { timeout: runLimitMs, maxBuffer: mostOutput }, (error, stdout, stderr) => {
        const output = stdout + stderr
        if (error === null) resolve({ exitCode: 0, output })
        else if (typeof error.code === 'number') resolve({ exitCode: error.code, output })
        else reject(error)
      })
    }),
  receiveBuffer: (wanted) =>
    new Promise((resolve, reject) => {
      const socket = createSocket('udp4')
      socket.on('error', reject)
      socket.bind(0, '127.0.0.1', () => {
        try {
          resolve(largestBuffer(socket, wanted))
        } catch (error) {
          reject(error)
        } finally {
          socket.close()
        }
      })
    }),
  freeDiskBytes: async (path) => {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  },
  availableMemoryBytes: () => process.availableMemory(),
  totalMemoryBytes: totalmem,
}

/** Linux gives what it may; other systems refuse what is too much. */
function largestBuffer(
  socket: { setRecvBufferSize(size: number): void; getRecvBufferSize(): number },
  wanted: number,
): number {
  for (let size = wanted; size >= 65_536; size /= 2) {
    try {
      socket.setRecvBufferSize(size)
      break
    } catch (error) {
      if (size / 2 < 65_536) throw error
    }
  }
  return socket.getRecvBufferSize()
}

async function findProgram(name: string): Promise<string | undefined> {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, name + ending)
      const found = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (found) return path
    }
  }
  return undefined
}
