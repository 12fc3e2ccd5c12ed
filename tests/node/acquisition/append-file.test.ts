import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppendFile, writeFailure } from '../../../src-main/acquisition/storage/append-file.ts'
import { diskBlockBytes } from '../../../src-main/acquisition/storage/direct-writes.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

let files = 0
const newPath = () => join(folder.path, `${files++}.bin`)
const bytesOf = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => (Math.imul(i + 1, 2654435761 + seed) >>> 13) & 0xff)

/** Lengths about those of blocks, where mistakes are. */
const length = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 1, max: 3 }).map((blocks) => blocks * diskBlockBytes),
  fc.integer({ min: -2, max: 2 }).map((off) => 2 * diskBlockBytes + off),
  fc.integer({ min: 0, max: 20_000 }),
)

describe.each([{ direct: true }, { direct: false }])('AppendFile, direct: $direct', (options) => {
  it('holds what was appended and waited for, and all of it, in order, at the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(length, { maxLength: 3 }), fc.boolean())),
        async (appends) => {
          const path = newPath()
          const file = await AppendFile.create(path, options)
          const written: Uint8Array[] = []
          const under: Promise<void>[] = []
          for (const [lengths, waits] of appends) {
            const parts = lengths.map((each, i) => bytesOf(each, written.length + i))
            const at = file.length
            written.push(...parts)
            const appended = file.append(parts)
            under.push(appended)
            if (!waits) continue
            await appended
            // What was appended before it may still be under way.
            const now = await readFile(path)
            const whole = Buffer.concat(parts)
            expect(now.subarray(at, at + whole.length).equals(whole)).toBe(true)
          }
          await Promise.all(under)
          await file.close()
          expect((await readFile(path)).equals(Buffer.concat(written))).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('takes more at once than it has memory to write from', async () => {
    const path = newPath()
    const file = await AppendFile.create(path, options)
    const large = bytesOf(3, 1)
    const huge = new Uint8Array(20 * 2 ** 20).fill(7)
    huge[16 * 2 ** 20] = 8
    await Promise.all([file.append([large, huge]), file.append([huge])])
    await file.close()
    expect((await readFile(path)).equals(Buffer.concat([large, huge, huge]))).toBe(true)
  })

  it('replaces bytes of a block that is full', async () => {
    const path = newPath()
    const file = await AppendFile.create(path, options)
    await file.append([new Uint8Array(diskBlockBytes).fill(1)])
    await Promise.all([file.append([Uint8Array.of(2)]), file.patch(5, Uint8Array.of(9, 9))])
    await file.close()
    const expected = Buffer.alloc(diskBlockBytes + 1, 1)
    expected.set([9, 9], 5)
    expected[diskBlockBytes] = 2
    expect((await readFile(path)).equals(expected)).toBe(true)
  })

  it('never overwrites', async () => {
    const path = newPath()
    await (await AppendFile.create(path, options)).close()
    await expect(AppendFile.create(path, options)).rejects.toMatchObject({ code: 'DATA_FOLDER' })
  })
})

describe('what went wrong with a file', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the quota is used up'],
    ['EROFS', 'the disk is read-only'],
    ['EIO', 'EIO: what the system says'],
  ])('%s is told in words', (code, words) => {
    const error = writeFailure(
      '/data/a.raw',
      Object.assign(new Error(`${code}: what the system says`), { code }),
    )
    expect(error.message).toBe(`/data/a.raw could not be written: ${words}`)
    expect(error.hint).not.toBe('')
  })
})
