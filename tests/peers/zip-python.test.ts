/** ZIP files that are too large for what ZIP once was, read by Python's zipfile. */
import { spawnSync } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StoredZip, storedZipBytes } from '../../src-shared/stored-zip.ts'
import { temporaryFolder } from '../fixtures/image-fixtures.ts'
import { pythonHas, python } from '../fixtures/peer-programs.ts'

const changedAt = new Date(2026, 10, 28, 15, 57, 8)
const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as zip:
    infos = zip.infolist()
    last = infos[-1]
    print(len(infos), sum(info.file_size for info in infos), last.filename, zip.read(last).decode(), *last.date_time)
`

type Entry = { readonly name: string; readonly bytes: number; readonly text?: string }
const zeros = new Uint8Array(2 ** 26)

/** What Python says of a file with such entries; those without a text are zeros, which take no room on the disk. */
async function readByPython(entries: readonly Entry[]): Promise<string> {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const path = join(folder.path, 'large.zip')
  const file = await open(path, 'w')
  const zip = new StoredZip(crc32)
  let at = 0
  let waiting: Uint8Array[] = []
  const write = async () => {
    const piece = Buffer.concat(waiting)
    waiting = []
    await file.write(piece, 0, piece.length, at)
    at += piece.length
  }
  for (const { name, bytes, text } of entries) {
    waiting.push(zip.begin({ name, bytes, changedAt }))
    if (text === undefined) {
      await write()
      for (let done = 0; done < bytes; done += zeros.length) zip.take(zeros.subarray(0, bytes - done))
      at += bytes
    } else {
      zip.take(Buffer.from(text))
      waiting.push(Buffer.from(text))
    }
    waiting.push(zip.end())
  }
  waiting.push(...zip.finish())
  await write()
  await file.close()
  expect(at).toBe(storedZipBytes(entries))
  const { stdout, stderr } = spawnSync(python, ['-c', script, path], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.trim()
}

describe.skipIf(!pythonHas('zipfile'))('Large ZIP files', () => {
  it('may have more than 65 535 files', async () => {
    const entries = Array.from({ length: 70_000 }, (_, i) => ({ name: `${i}.png`, bytes: 1, text: 'x' }))
    expect(await readByPython(entries)).toBe('70000 70000 69999.png x 2026 11 28 15 57 8')
  })

  it('may hold files of more than 4 GB, and others behind them', async () => {
    const long = 5_000_000_000
    const entries = [
      { name: 'beads.raw', bytes: long },
      { name: 'beads.json', bytes: 2, text: '{}' },
    ]
    expect(await readByPython(entries)).toBe(`2 ${long + 2} beads.json {} 2026 11 28 15 57 8`)
  })
})
