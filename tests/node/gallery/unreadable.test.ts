import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { FrameLogReader } from '../../../src-main/acquisition/reading/frame-log-reader.ts'
import { RandomAccessFile } from '../../../src-main/acquisition/reading/random-access-file.ts'
import { readJson } from '../../../src-main/acquisition/reading/read-json.ts'
import { readWhole } from '../../../src-main/acquisition/reading/single-image.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

it('What cannot be read is told without the path on this computer', async () => {
  const { path: folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  const path = join(folder, 'gone')
  for (const reading of [readJson(path), readWhole(path), RandomAccessFile.open(path)])
    await expect(reading).rejects.toMatchObject({ message: 'gone cannot be read: it is not there' })
  const log = new FrameLogReader(join(folder, 'x'.repeat(300))).size()
  await expect(log).rejects.toMatchObject({ message: expect.not.stringContaining(folder) })
})
