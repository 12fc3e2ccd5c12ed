import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

const video = { format: 'video', container: 'mp4', quality: 80, hardware: false, overlays: false } as const
const { PATH } = process.env
let folder: string
let programs: string
let engine: Engine

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-no-ffmpeg-'))
  programs = await mkdtemp(join(tmpdir(), 'coverslip-programs-'))
  process.env['PATH'] = programs
  engine = await createEngine({
    connections: [testConnection({ width: 40, height: 30 })],
    dataFolder: folder,
  })
})
afterAll(async () => {
  process.env['PATH'] = PATH
  await engine.close()
  for (const path of [folder, programs]) await rm(path, { recursive: true, force: true })
})

/** Why a recording as `storage` does not start; it leaves nothing behind. */
async function refusal(storage: StorageOptions) {
  const error = await engine.recorder.start({ storage }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await expect(engine.recorder.estimate({ storage })).rejects.toThrow(
    error instanceof Error ? error.message : 'an error',
  )
  expect(await readdir(join(folder, 'recordings'))).toEqual([])
  return error
}

describe('Video without what it needs', () => {
  it('says how to install ffmpeg before anything is recorded', async () => {
    expect(await refusal(video)).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: 'Video cannot be recorded: The program ffmpeg is not installed',
      hint: expect.stringMatching(/^Install it by .*, or record as OME-TIFF/),
    })
  })

  it('refuses what contradicts itself', async () => {
    expect(await refusal({ ...video, quality: 'lossless' })).toMatchObject({
      code: 'INVALID_INPUT',
      hint: expect.stringContaining('MKV'),
    })
    expect(await refusal({ ...video, quality: 'lossless', container: 'mkv', overlays: true })).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('every pixel'),
    })
  })

  if (process.platform === 'win32') console.log('Skipped: the stand-in for ffmpeg is a shell script.')
  it.skipIf(process.platform === 'win32')('says what a bare ffmpeg lacks', async () => {
    const ffmpeg = join(programs, 'ffmpeg')
    const lists = 'echo " V....D mpeg4                MPEG-4 part 2"'
    await writeFile(ffmpeg, `#!/bin/sh\n[ "$1" = -version ] && echo "ffmpeg version 6.0" || ${lists}\n`)
    await chmod(ffmpeg, 0o755)
    expect(await refusal(video)).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: 'ffmpeg cannot make H.264 for MP4',
    })
    expect(await refusal({ ...video, container: 'webm' })).toMatchObject({
      message: 'ffmpeg cannot make VP9 or VP8 for WebM',
    })
    expect(await refusal({ ...video, container: 'mkv', quality: 'lossless' })).toMatchObject({
      message: 'ffmpeg cannot make FFV1, which lossless video needs',
    })
  })
})
