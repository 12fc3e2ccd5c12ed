import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DiskSpeed } from '../../../src-main/acquisition/storage/disk-speed.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

describe('DiskSpeed', () => {
  const idle = { mayTry: true }
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(() => folder.remove())

  it('tries the disk once, and leaves nothing there', async () => {
    const speed = new DiskSpeed()
    const [first, second] = await Promise.all([
      speed.of(folder.path, 'raw', idle),
      speed.of(folder.path, 'ome-tiff', idle),
    ])
    expect(first).toBeGreaterThan(0)
    expect(second).toBe(first)
    expect(await speed.of(folder.path, 'raw', idle)).toBe(first)
    expect(await readdir(folder.path)).toEqual([])
  })

  it('goes by what acquisitions in that format have shown', async () => {
    const speed = new DiskSpeed()
    speed.saw(folder.path, 'raw', 123e6)
    expect(await speed.of(folder.path, 'raw', idle)).toBe(123e6)
    expect(await speed.of(folder.path, 'ome-zarr', idle)).not.toBe(123e6)
  })

  it('tries nothing while something else is being written', async () => {
    const speed = new DiskSpeed()
    expect(await speed.of(folder.path, 'raw', { mayTry: false })).toBeUndefined()
    const tried = await speed.of(folder.path, 'raw', idle)
    expect(await speed.of(folder.path, 'raw', { mayTry: false })).toBe(tried)
  })

  it('says so when the folder is gone, and tries again when it is back', async () => {
    const speed = new DiskSpeed()
    const missing = join(folder.path, 'missing')
    await expect(speed.of(missing, 'raw', idle)).rejects.toMatchObject({ code: 'DATA_FOLDER' })
    await mkdir(missing)
    await writeFile(join(missing, '.disk-trial'), 'left by a crash')
    expect(await speed.of(missing, 'raw', idle)).toBeGreaterThan(0)
    expect(await readdir(missing)).toEqual([])
  })

  it('writes to no file that a link in its place leads to', async () => {
    const [other, shared] = [join(folder.path, 'other'), join(folder.path, 'shared')]
    await mkdir(shared)
    await writeFile(other, 'of somebody')
    await symlink(other, join(shared, '.disk-trial'))
    expect(await new DiskSpeed().of(shared, 'raw', idle)).toBeGreaterThan(0)
    expect(await readFile(other, 'utf8')).toBe('of somebody')
    expect(await readdir(shared)).toEqual([])
  })
})
