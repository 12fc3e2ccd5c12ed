import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { probeVideo } from '../fixtures/ffmpeg-peer.ts'
import { ImSwitchHost } from '../fixtures/imswitch-host.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'

describe.skipIf(!hasProgram('ffprobe'))('A client of ImSwitch', () => {
  let imswitch: ImSwitchHost
  let folder: string
  beforeAll(async () => {
    imswitch = await ImSwitchHost.start()
    folder = await mkdtemp(join(tmpdir(), 'coverslip-imswitch-film-'))
  })
  afterAll(async () => {
    await imswitch.close()
    await rm(folder, { recursive: true })
  })

  it('records a film, downloads its one file, and every frame is in it', async () => {
    const call = (name: string) => imswitch.get(`/RecordingController/${name}`)
    const started = Object(await call('startRecording?mSaveFormat=4'))
    expect(started).toMatchObject({ saveFormat: 4, isDownloadableFile: true })
    expect(await call('getRecordingStatus')).toMatchObject({ is_recording: true, format: 'MP4' })
    await eventually('frames', async () => Number(await call('getRecordingFrameCount')) > 2)
    expect(await call('stopRecording')).toEqual(started)
    const url = `${imswitch.server.url}/imswitch/api/FileManager/download${started.relativeFilePath}`
    const film = join(folder, 'film.mp4')
    await writeFile(film, Buffer.from(await (await fetch(url)).arrayBuffer()))
    const { width, height, times } = await probeVideo(film)
    expect({ width, height }).toEqual({ width: 256, height: 192 })
    expect(times.length).toBe(imswitch.server.engine.recorder.status?.frames.written)
  })
})
