import { describe, expect, it } from 'vitest'
import { diskShare } from '../../../../src-main/acquisition/plans/disk-share.ts'

const plan = { bytes: 10e9, bytesPerSecond: 400e6, sequenceBytes: 8e6, durationS: 30, memoryBytes: 1e9 }
const takes = (bytesPerSecond: number) => () => Promise.resolve(bytesPerSecond)
const unasked = () => Promise.reject(new Error('It need not be known'))

describe('diskShare', () => {
  it('does not ask how fast the disk is where every disk is fast enough, or memory holds all', async () => {
    expect(await diskShare(unasked, { ...plan, bytesPerSecond: 10e6 })).toEqual({
      durationS: 30,
      warnings: [],
    })
    expect(await diskShare(unasked, { ...plan, bytes: 0.9e9 })).toEqual({ durationS: 30, warnings: [] })
  })

  it('leaves a plan as it is that the disk keeps up with', async () => {
    expect(await diskShare(takes(500e6), plan)).toEqual({
      durationS: 30,
      bytesPerSecond: 500e6,
      warnings: [],
    })
  })

  it('has a plan wait for a slow disk, and says so', async () => {
    const { durationS, warnings } = await diskShare(takes(90e6), plan)
    expect(durationS).toBe(100)
    expect(warnings).toEqual([
      { path: '', message: expect.stringMatching(/takes, about 90 MB\/s: .* wait for it/) },
    ])
  })

  it('warns of a burst that neither the disk takes nor memory holds', async () => {
    const { warnings } = await diskShare(takes(90e6), { ...plan, sequenceBytes: 2e9 })
    expect(warnings).toEqual([{ path: '', message: expect.stringContaining('images would be lost') }])
  })
})
