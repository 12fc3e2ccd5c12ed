import { describe, expect, it } from 'vitest'
import {
  type HealthSample,
  recentCounts,
  withSample,
} from '../../../src-renderer/views/devices/health-trend.ts'
import {
  type HealthFacts,
  healthFindings,
  percent,
} from '../../../src-renderer/views/devices/health-words.ts'
import {
  type CameraHealth,
  propertyDescriptorSchema,
  type PropertyDescriptorInput,
} from '../../../src-shared/devices.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const quiet: CameraHealth = {
  framesPerSecond: 30,
  bytesPerSecond: 1e6,
  frames: 0,
  incompleteFrames: 0,
  packets: 0,
  lostPackets: 0,
  resendRequests: 0,
  resentPackets: 0,
}
const sample = (atMs: number, patch: Partial<CameraHealth>): HealthSample => ({
  atMs,
  health: { ...quiet, ...patch },
})
const collected = (samples: readonly HealthSample[]) =>
  samples.reduce<readonly HealthSample[]>((all, next) => withSample(all, next), [])

describe('camera health over the last minute', () => {
  it('counts from the camera’s start while it runs for less', () => {
    const samples = collected([sample(0, { frames: 30 }), sample(1000, { frames: 60, lostPackets: 2 })])
    expect(recentCounts(samples)).toMatchObject({ frames: 30, lostPackets: 2 })
    expect(recentCounts(collected([sample(0, { frames: 30, resentPackets: 4 })]))).toMatchObject({
      frames: 30,
      resentPackets: 4,
    })
    expect(recentCounts([])).toBeUndefined()
  })

  it('forgets what is older than a minute', () => {
    const seconds = Array.from({ length: 200 }, (_, second) =>
      sample(second * 1000, { frames: second * 10, lostPackets: Math.min(second, 100) }),
    )
    expect(recentCounts(collected(seconds))).toMatchObject({ frames: 600, lostPackets: 0 })
  })

  it('begins anew when the camera does', () => {
    const samples = collected([sample(0, { frames: 500, lostPackets: 9 }), sample(1000, { frames: 10 })])
    expect(recentCounts(samples)).toMatchObject({ frames: 10, lostPackets: 0 })
  })

  it('stays small however often it is told, and never counts below nothing', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.nat(100)), { maxLength: 400 })
    fc.assert(
      fc.property(steps, (list) => {
        let [atMs, frames] = [0, 0]
        const samples = collected(
          list.map(([pause, more]) => {
            atMs += pause
            frames += more
            return sample(atMs, { frames })
          }),
        )
        expect(samples.length).toBeLessThan(160)
        expect(recentCounts(samples)?.frames ?? 0).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

const cameraProperties = (values: Readonly<Record<string, number | string>>): HealthFacts['properties'] =>
  Object.entries(values).map(([name, value]) => {
    const base = { name, title: name, category: 'Camera' }
    const input: PropertyDescriptorInput =
      typeof value === 'number'
        ? { ...base, type: 'number', value }
        : { ...base, type: 'option', value, options: [value] }
    return propertyDescriptorSchema.parse(input)
  })

function findings(
  counts: Partial<HealthFacts['recent']>,
  health: Partial<CameraHealth> = {},
  values: Readonly<Record<string, number | string>> = {},
) {
  const recent = {
    frames: 1000,
    incompleteFrames: 0,
    lostPackets: 0,
    resendRequests: 0,
    resentPackets: 0,
    packets: 100_000,
    ...counts,
  }
  return healthFindings({
    health: { ...quiet, frames: 1000, ...health },
    recent,
    properties: cameraProperties(values),
  })
}

describe('camera health in words', () => {
  it('says that all is well when it is', () => {
    expect(findings({})).toEqual([{ severity: 'good', message: 'Every frame arrives complete.' }])
  })

  it('says that no frame arrives, and whether one has, or is waited for', () => {
    const message = (health: Partial<CameraHealth>, values: Readonly<Record<string, string>> = {}) =>
      findings({ frames: 0 }, health, values)[0]?.message
    expect(message({ frames: 0 })).toBe('No frame has arrived yet.')
    expect(message({ frames: 20 })).toBe('No frame has arrived lately.')
    expect(message({ frames: 20 }, { triggerMode: 'external' })).toMatch(/waits for its trigger/)
  })

  it('says which share of packets is sent again, or how many where packets are not counted', () => {
    expect(findings({ lostPackets: 300, resentPackets: 300 })).toMatchObject([
      { severity: 'notice', message: '0.3 % of packets are sent again: they were lost on the way at first.' },
    ])
    expect(findings({ resentPackets: 2500, packets: undefined })[0]?.message).toMatch(
      /^2\.5 packets per frame/,
    )
    expect(findings({ resentPackets: 3, packets: undefined })[0]?.message).toMatch(
      /^3 packets of 1\u2009000 frames/,
    )
  })

  it('calls missing pixels a problem', () => {
    const [first, second] = findings({
      incompleteFrames: 10,
      frames: 990,
      lostPackets: 50,
      resentPackets: 40,
    })
    expect(first).toMatchObject({ severity: 'problem' })
    expect(first?.message).toMatch(/^1 % of frames arrive with pixels missing/)
    expect(second?.message).toMatch(/sent again/)
    expect(second?.hint).not.toMatch(/complete/)
  })

  it('tells of packets that nobody asked for again', () => {
    expect(findings({ lostPackets: 7 })[0]).toMatchObject({ severity: 'notice', message: /./ })
    expect(findings({ lostPackets: 7 })[0]?.message).toMatch(/^7 packets were lost/)
  })

  it('explains a rate below the one asked for, by the exposure where that is why', () => {
    const exposed = findings({}, { framesPerSecond: 12.5 }, { frameRate: 30, exposureMs: 80 })
    expect(exposed[0]?.message).toBe(
      '12.5 of 30 frames per second arrive: an exposure of 80 ms allows at most 12.5.',
    )
    const slow = findings({}, { framesPerSecond: 20 }, { frameRate: 30, exposureMs: 5 })
    expect(slow[0]?.message).toMatch(/slower than it was asked to be/)
  })

  it('does not speak of the rate as well where frames are lost', () => {
    const lossy = findings({ incompleteFrames: 5 }, { framesPerSecond: 20 }, { frameRate: 30, exposureMs: 5 })
    expect(lossy).toHaveLength(1)
  })

  it('does not complain of rates that nobody set: triggered, just started, near enough', () => {
    const good = [{ severity: 'good' }]
    expect(findings({}, { framesPerSecond: 2 }, { frameRate: 30, triggerMode: 'software' })).toMatchObject(
      good,
    )
    expect(findings({}, { framesPerSecond: 2, frames: 20 }, { frameRate: 30 })).toMatchObject(good)
    expect(findings({}, { framesPerSecond: 29 }, { frameRate: 30 })).toMatchObject(good)
    expect(findings({}, { framesPerSecond: 2 }, { exposureMs: 5 })).toMatchObject(good)
  })

  it('writes shares as they are read', () => {
    expect([percent(1, 8), percent(1, 300), percent(1, 1e6), percent(0, 5), percent(0, 0)]).toEqual([
      '13 %',
      '0.33 %',
      'less than 0.01 %',
      '0 %',
      '0 %',
    ])
  })
})
