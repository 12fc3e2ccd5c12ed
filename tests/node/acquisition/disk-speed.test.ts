import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DiskSpeed } from '../../../src-main/acquisition/storage/disk-speed.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

describe('DiskSpeed', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(() => folder.remove())

  it('tries the disk once, and leaves nothing there', async () => {
    const speed = new DiskSpeed()
    const [first, second] = await Promise.all([
      speed.of(folder.path, 'raw'),
      speed.of(folder.path, 'ome-tiff'),
    ])
    expect(first).toBeGreaterThan(0)
    expect(second).toBe(first)
    expect(await speed.of(folder.path, 'raw')).toBe(first)
    expect(await readdir(folder.path)).toEqual([])
  })

  it('goes by what acquisitions in that format have shown', async () => {
    const speed = new DiskSpeed()
    speed.saw(folder.path, 'raw', 123e6)
    expect(await speed.of(folder.path, 'raw')).toBe(123e6)
    expect(await speed.of(folder.path, 'ome-zarr')).not.toBe(123e6)
  })

  it('says so when the folder is gone, and tries again when it is back', async () => {
    const speed = new DiskSpeed()
    const missing = join(folder.path, 'missing')
    await expect(speed.of(missing, 'raw')).rejects.toMatchObject({ code: 'DATA_FOLDER' })
    await mkdir(missing)
    await writeFile(join(missing, '.disk-trial'), 'left by a crash')
    expect(await speed.of(missing, 'raw')).toBeGreaterThan(0)
    expect(await readdir(missing)).toEqual([])
  })
})
