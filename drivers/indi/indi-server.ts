import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CoverslipError } from '../../src-shared/errors.ts'

const program = 'indiserver'
/** Last output that is kept for errors, characters. */
const keptOutput = 2000
const killAfterMs = 2000
const portHint =
  'An INDI server runs already: give its address (localhost:7624) instead of "start", or another port in the options.'

/**
 * Runs indiserver until its standard input ends, so that it never outlives the thread or program that started it,
 * however that ends.
 */
const script = `exec 3<&0
${program} "$@" </dev/null &
server=$!
(cat <&3 >/dev/null; kill "$server" 2>/dev/null) &
watch=$!
wait "$server"
code=$?
kill "$watch" 2>/dev/null
exit "$code"`

/** An indiserver that this driver has started. It listens on all addresses of the computer: INDI has no other way. */
export class IndiServer {
  readonly #process: ChildProcess
  readonly #ended: Promise<void>
  #output = ''
  #hasEnded = false

  private constructor(port: number, drivers: readonly string[]) {
    // -r 0: a driver that ends is not started again by indiserver, but with everything else, when we reconnect.
    const args = ['-p', String(port), '-r', '0', ...drivers]
    this.#process = spawn('sh', ['-c', script, program, ...args], { stdio: ['pipe', 'ignore', 'pipe'] })
    this.#process.stderr?.on('data', (piece: Buffer) => {
      this.#output = (this.#output + piece.toString()).slice(-keptOutput)
    })
    // Writing is never tried; its end may be gone before ours.
    this.#process.stdin?.on('error', () => undefined)
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#hasEnded = true
        resolve()
      }
      this.#process.once('exit', end)
      this.#process.once('error', (error) => {
        this.#output += error.message
        end()
      })
    })
  }

  /** @throws CoverslipError DEVICE_UNAVAILABLE when indiserver or a driver program is not installed. */
  static async start(port: number, drivers: readonly string[]): Promise<IndiServer> {
    if (process.platform === 'win32') {
      throw new CoverslipError('DEVICE_UNAVAILABLE', 'indiserver does not run on Windows', {
        hint: 'Run it on a Linux or macOS computer (or in WSL) and give that computer’s address instead of "start".',
      })
    }
    for (const name of [program, ...drivers]) await requireProgram(name)
    await requireFreePort(port)
    return new IndiServer(port, drivers)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Calls `listener` when the server ends without having been stopped. */
  onEnded(listener: (error: CoverslipError) => void): void {
    void this.#ended.then(() => listener(this.failure()))
  }

  /** Why the server has ended, by its last words. */
  failure(): CoverslipError {
    const words = this.#output.trim().split('\n').slice(-3).join(' / ')
    return new CoverslipError('DEVICE_FAILED', `indiserver ended${words === '' ? '' : `: ${words}`}`, {
      hint: 'Try the same drivers with indiserver in a terminal: its messages say what is wrong.',
    })
  }

  async stop(): Promise<void> {
    this.#process.stdin?.end()
    const ended = await Promise.race([
      this.#ended.then(() => true),
      delay(killAfterMs, false, { ref: false }),
    ])
    if (!ended) this.#process.kill('SIGKILL')
    await this.#ended
  }
}

/** Otherwise the server that listens there already would be taken for ours. */
async function requireFreePort(port: number): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (cause) => {
      const message = `indiserver cannot listen on port ${port}: ${cause.message}`
      reject(new CoverslipError('DEVICE_UNAVAILABLE', message, { hint: portHint, cause }))
    })
    probe.listen(port, () => probe.close(() => resolve()))
  })
}

async function requireProgram(name: string): Promise<void> {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  if (found.includes(true)) return
  throw new CoverslipError('DEVICE_UNAVAILABLE', `The program ${name} is not installed`, {
    hint:
      process.platform === 'darwin'
        ? 'Install INDI (indilib.org has packages for macOS), or give the address of a computer on which indiserver runs.'
        : 'Debian and Ubuntu: "sudo apt install indi-bin" brings indiserver; drivers of makers (indi-asi, indi-qhy, indi-toupbase …) are in INDI’s own repository, see indilib.org.',
  })
}
