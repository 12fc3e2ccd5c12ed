import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { safeFileName, writeNewFile } from '../../../src-main/acquisition/new-file.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

test('a name never leads out of its folder, is hidden or ends in a dot', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
      const safe = safeFileName(name)
      expect(basename(resolve('/data', `${safe}x`))).toBe(`${safe}x`)
      expect(safe).not.toMatch(/^\.|\.$|[/\\:*?"<>|\0]/)
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(151)
      expect(safe.isWellFormed()).toBe(true)
    }),
    { seed: 7 },
  )
  expect(safeFileName('../../etc/passwd')).toBe('etc_passwd')
  expect(safeFileName('Niere 20× grün')).toBe('Niere_20_grün')
  expect(safeFileName('CON')).toBe('_CON')
  expect(safeFileName('nul.2026')).toBe('_nul.2026')
  expect(safeFileName('console')).toBe('console')
  expect(safeFileName('細胞'.repeat(100))).toBe('細胞'.repeat(25))
  expect(safeFileName('𠀀'.repeat(100))).toBe('𠀀'.repeat(37))
})

test('says which folder cannot be written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coverslip-file-'))
  try {
    await writeFile(join(folder, 'taken'), '')
    const file = { name: 'a', extension: 'tif', parts: [Uint8Array.of(1)] }
    await expect(writeNewFile(join(folder, 'taken'), file)).rejects.toMatchObject({ code: 'DATA_FOLDER' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
