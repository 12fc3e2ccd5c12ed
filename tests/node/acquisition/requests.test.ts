import { describe, expect, it } from 'vitest'
import { recordingRequestSchema } from '../../../src-shared/acquisition/acquisition-requests.ts'
import { storageOptionsSchema } from '../../../src-shared/acquisition/storage-options.ts'

const paths = (parsed: { error?: { issues: readonly { path: readonly PropertyKey[] }[] } | undefined }) =>
  parsed.error?.issues.map(({ path }) => path.join('.'))

describe('Requests of recordings', () => {
  it.each([
    { kind: 'seconds', seconds: 1e300 },
    { kind: 'frames', frames: 1e15 },
  ])('are refused when nobody could wait for their end: %o', (until) => {
    expect(paths(recordingRequestSchema.safeParse({ until }))).toEqual([`until.${until.kind}`])
  })

  it('have a video’s white above its black, as far as both are given', () => {
    const window = (windowLow?: number, windowHigh?: number) =>
      paths(storageOptionsSchema.safeParse({ format: 'video', windowLow, windowHigh }))
    expect(window(100, 100)).toEqual(['windowHigh'])
    expect(window(4000, 200)).toEqual(['windowHigh'])
    for (const [low, high] of [[100, 101], [100], [undefined, 5]]) expect(window(low, high)).toBeUndefined()
  })
})
