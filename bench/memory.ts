/**
 * Does the app keep its memory?   node bench/memory.ts [--seconds 120]
 * The built app in a plainly started Chromium, 2048 × 2048 × 16 bit at 30 frames/s; resident memory of all its
 * processes and of the server's, every ten seconds. Needs `npm run build`, and Linux for /proc.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { spawnChromium } from './browser/chromium.ts'
import { ServerProcess } from './fixtures/server-process.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } })
const app = fileURLToPath(new URL('../out/renderer/', import.meta.url))
const server = await ServerProcess.start(['--frame-rate', '30', '--app', app])
const browser = await spawnChromium(server.url, { width: 1440, height: 900 })

/** Resident memory of a process and all that it started, MB. */
function residentMb(pid: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = read(`/proc/${name}/stat`)
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const family = [pid]
  for (const member of family)
    for (const [child, parent] of parents) if (parent === member) family.push(child)
  const kilobytes = family.map((member) =>
    Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${member}/status`))?.[1] ?? 0),
  )
  return Math.round(kilobytes.reduce((sum, size) => sum + size, 0) / 1024)
}

/** A process may have ended between listing and reading it: then there is nothing to count. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const rows: object[] = []
for (let seconds = 10; seconds <= Number(values.seconds); seconds += 10) {
  await delay(10_000)
  const [stats] = (await server.diagnostics()) as { network: { sent: number; skipped: number } }[]
  rows.push({
    seconds,
    'app MB': residentMb(browser.pid),
    'server MB': residentMb(server.pid),
    sent: stats?.network.sent,
    skipped: stats?.network.skipped,
  })
}
console.table(rows)
await browser.close()
await server.stop()
