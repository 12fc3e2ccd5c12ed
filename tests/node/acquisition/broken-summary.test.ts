import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAcquisitionSummary } from '../../../src-main/acquisition/reading/acquisition-summary.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

const whole = {
  version: 1,
  name: 'kidney',
  software: 'Coverslip',
  pid: 1,
  startedAt: 0,
  request: { storage: { format: 'raw' } },
  datasets: [{ folder: 'camera' }],
}

/** Of a file that somebody has changed: which file, which field, what is wrong with it, and what to do. */
describe('acquisition.json', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let number = 0
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(() => folder.remove())

  it.each<[string, string, string]>([
    ['empty', '', 'it is empty'],
    ['cut off', JSON.stringify(whole).slice(0, 60), 'it ends too early, as if it had been cut off'],
    ['cut off in a word', '{"version": 1, "name": "kid', 'it ends too early, as if it had been cut off'],
    ['no JSON', 'hello', 'it is no JSON text'],
    [
      'without a comma',
      '{\n  "version": 1\n  "name": "kidney"\n}',
      'line 3, column 3 is no JSON; a comma, a bracket or a quote may be missing there',
    ],
    ['no object', '[1]', 'must be a group of named fields, not a list'],
    ['of another version', JSON.stringify({ ...whole, version: 2 }), 'version: must be 1, not 2'],
    ['without a name', JSON.stringify({ ...whole, name: undefined }), 'name: is missing: it must be text'],
    [
      'with a format that there is not',
      JSON.stringify({ ...whole, request: { storage: { format: 'bmp' } } }),
      'request.storage.format: must be ome-tiff, ome-zarr, raw or video, not "bmp"',
    ],
    [
      'with several mistakes',
      JSON.stringify({ ...whole, pid: 'x', startedAt: null, datasets: [{ folder: '../x' }] }),
      'pid: must be a number, not "x"; startedAt: must be a number, not null; datasets[0].folder: is no name of a file or folder',
    ],
  ])('%s is told in plain words', async (_, text, reason) => {
    const path = join(folder.path, `${number++}`)
    await mkdir(path)
    await writeFile(join(path, 'acquisition.json'), text)
    await expect(readAcquisitionSummary(path)).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: `acquisition.json cannot be read: ${reason}`,
      hint: expect.any(String),
    })
  })
})
