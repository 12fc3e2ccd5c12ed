import { describe, expect, it } from 'vitest'
import { recordingRequestSchema } from '../../../src-shared/acquisition/acquisition-requests.ts'
import { nextTime, recordingRequest } from '../../../src-renderer/actions/recording-request.ts'
import { initialViewState, restoreViewState } from '../../../src-renderer/stores/view-store.ts'

const { recording: choice } = initialViewState

describe('what is asked for when a recording is started', () => {
  it('is what the engine takes, whatever is chosen', () => {
    for (const format of ['ome-tiff', 'ome-zarr', 'raw', 'video'] as const)
      for (const begin of ['now', 'at', 'change', 'asked'] as const)
        for (const until of ['stopped', 'frames', 'seconds'] as const) {
          const request = recordingRequest({ ...choice, format, begin, until, preRecordS: 2 }, ['cam'])
          const parsed = recordingRequestSchema.parse(request)
          expect(parsed).toMatchObject({
            storage: { format },
            until: { kind: until },
            begin: { kind: begin },
          })
          expect(parsed.preRecordS).toBe(2)
        }
  })

  it('leaves the camera to the engine where none is shown', () => {
    expect(recordingRequest(choice, [])).not.toHaveProperty('detectorNames')
  })

  it('has the name that was given, if one was', () => {
    expect(recordingRequest({ ...choice, name: ' beads ' }, [])).toMatchObject({ name: 'beads' })
    expect(recordingRequest({ ...choice, name: ' ' }, [])).not.toHaveProperty('name')
  })

  it('records video as the live view shows it', () => {
    const seen = { low: 120, high: 900 }
    expect(recordingRequest({ ...choice, format: 'video' }, ['cam'], seen).storage).toMatchObject({
      windowLow: 120,
      windowHigh: 900,
    })
    expect(recordingRequest({ ...choice, format: 'raw' }, ['cam'], seen).storage).toEqual({ format: 'raw' })
    expect(recordingRequest({ ...choice, format: 'video' }, ['cam']).storage).not.toHaveProperty('windowLow')
  })

  it('keeps lossless video in the container that has it', () => {
    const video = { container: 'mp4', quality: 'lossless', overlays: true } as const
    expect(recordingRequest({ ...choice, format: 'video', video }, []).storage).toMatchObject({
      container: 'mkv',
      quality: 'lossless',
    })
  })

  it('takes the next time that the clock shows', () => {
    const now = new Date(2026, 10, 28, 15, 30, 20)
    expect(nextTime('15:31', now)).toBe(new Date(2026, 10, 28, 15, 31).getTime())
    expect(nextTime('15:30', now)).toBe(new Date(2026, 10, 29, 15, 30).getTime())
    expect(nextTime('00:00', now)).toBe(new Date(2026, 10, 29, 0, 0).getTime())
  })

  it('remembers what was chosen before there were more choices', () => {
    const before = { format: 'raw', until: 'frames', frames: 7, seconds: 3 }
    expect(restoreViewState({ recording: before }).recording).toMatchObject({ ...before, begin: 'now' })
  })
})
