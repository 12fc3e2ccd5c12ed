import { readdir, readFile } from 'node:fs/promises'

/**
 * Memory of all processes of a process group, bytes; what they share is counted once (proportional set size, Linux).
 * Undefined where the system does not tell.
 */
export async function groupMemoryBytes(groupId: number): Promise<number | undefined> {
  let sum = 0
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
      // Fields after the name in brackets: state, parent, process group.
      const group = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]
      if (Number(group) !== groupId) continue
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
      sum += 1024 * Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
    } catch {
      // The process has ended meanwhile.
    }
  }
  return sum === 0 ? undefined : sum
}
