import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginFolder } from '../../../src-main/acquisition/recording/begin-folder.ts'
import { readAcquisitionSummary } from '../../../src-main/acquisition/reading/acquisition-summary.ts'
import { recordingRequestSchema } from '../../../src-shared/acquisition/acquisition-requests.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

let parent: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  parent = await temporaryFolder()
})
afterAll(() => parent.remove())

async function newFolder(name: string): Promise<string> {
  const path = join(parent.path, name)
  await mkdir(path)
  return path
}

const summaryOf = (...folders: readonly string[]) => ({
  version: 1 as const,
  name: 'cells',
  software: 'test',
  pid: 1,
  startedAt: 0,
  request: recordingRequestSchema.parse({}),
  datasets: folders.map((folder) => ({ folder })),
})

describe('beginFolder', () => {
  it('makes the folders of all datasets, and says what they are', async () => {
    const folder = await newFolder('two')
    const summary = summaryOf('camera_1', 'camera_2')
    await beginFolder(folder, summary)
    expect((await readdir(folder)).toSorted()).toEqual(['acquisition.json', 'camera_1', 'camera_2'])
    expect(await readAcquisitionSummary(folder)).toEqual({ ...summary, host: hostname() })
  })

  it('leaves nothing where a folder cannot be made', async () => {
    const folder = await newFolder('twice')
    await expect(beginFolder(folder, summaryOf('camera', 'camera'))).rejects.toMatchObject({
      code: 'DATA_FOLDER',
    })
    expect(await readdir(parent.path)).not.toContain('twice')
  })

  it('leaves what somebody else has put there, and nothing else', async () => {
    const folder = await newFolder('taken')
    // Cannot be replaced by a file.
    await mkdir(join(folder, 'acquisition.json'))
    await writeFile(join(folder, 'acquisition.json', 'notes.txt'), 'mine')
    await expect(beginFolder(folder, summaryOf('camera'))).rejects.toMatchObject({ code: 'DATA_FOLDER' })
    expect(await readdir(folder)).toEqual(['acquisition.json'])
  })
})
