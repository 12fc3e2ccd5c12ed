import { describe, expect, it } from 'vitest'
import { VideoProcess } from '../../../src-main/acquisition/storage/video/video-process.ts'

/** Longer than any test: what is waited for has to come by itself. */
const never = 600_000
/** More than a pipe holds. */
const picture = new Uint8Array(4 * 2 ** 20)

if (process.platform === 'win32') console.log('Skipped: the stand-ins for ffmpeg are shell scripts.')

describe.skipIf(process.platform === 'win32')('An ffmpeg that hangs', () => {
  const program = 'sh'

  it('is ended when it does not take pictures, so that the recording can end', async () => {
    const limits = { stalledMs: 100, finishMs: never }
    const video = new VideoProcess('film.mp4', { program, args: ['-c', 'exec sleep 1000'], limits })
    await expect(video.write([picture])).rejects.toMatchObject({
      code: 'DATA_FOLDER',
      message: 'film.mp4 could not be written: ffmpeg has not taken a picture for 0.1 s',
    })
    await expect(video.finish()).rejects.toThrow('has not taken a picture')
  })

  it('is ended when it does not complete the file', async () => {
    const limits = { stalledMs: never, finishMs: 100 }
    const args = ['-c', 'cat > /dev/null; exec sleep 1000']
    const video = new VideoProcess('film.mp4', { program, args, limits })
    await video.write([picture])
    await expect(video.finish()).rejects.toThrow('ffmpeg was not done 0.1 s after the last frame')
  })

  it('and one that only takes its time is waited for', async () => {
    const limits = { stalledMs: never, finishMs: never }
    const args = ['-c', 'sleep 1; cat > /dev/null']
    const video = new VideoProcess('film.mp4', { program, args, limits })
    await video.write([picture, picture])
    await video.finish()
  })
})
