import { describe, expect, it } from 'vitest'
import {
  durationFieldText,
  durationText,
  parseDurationText,
} from '../../../src-renderer/components/duration-words.ts'
import { emptySequence } from '../../../src-renderer/stores/plan-draft.ts'
import {
  clockText,
  counted,
  isLarge,
  roomText,
  shareText,
  sizesText,
} from '../../../src-renderer/views/acquire/estimate-words.ts'
import { keptFields } from '../../../src-renderer/views/acquire/kept-words.ts'
import {
  answered,
  answerOf,
  axesInUse,
  moveAxis,
  orderQuestions,
} from '../../../src-renderer/views/acquire/order-words.ts'
import { enclosingPaths, pathWords, remarkWords } from '../../../src-renderer/views/acquire/plan-paths.ts'
import {
  endText,
  isWhole,
  muchDone,
  placeText,
  progressOf,
  stateText,
} from '../../../src-renderer/views/acquire/run-words.ts'
import { unfoldedFor } from '../../../src-renderer/views/acquire/unfold.ts'
import type { PlanEstimate, PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { readPlan } from '../../../src-shared/plan/read-plan.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const emptyEstimate: PlanEstimate = {
  events: 0,
  frames: 0,
  sizes: {},
  durationS: 0,
  assumed: [],
  bytes: 0,
  bytesPerSecond: 0,
  freeDiskBytes: 0,
  memoryBytes: 0,
  problems: [],
  warnings: [],
}

const plan = readPlan({
  channels: ['DAPI', { config: 'GFP', exposure: 20 }],
  stage_positions: [
    { x: 1, y: 2, name: 'left' },
    { x: 3, y: 4, sequence: { z_plan: { range: 4, step: 1 } }, properties: [['lamp', 'on', true]] },
  ],
  time_plan: { interval: 1, loops: 3 },
  z_plan: { range: 4, step: 1 },
  metadata: { author: 'me' },
  setup: { properties: [['lamp', 'on', true]] },
}).sequence

describe('spans of time', () => {
  it.each([
    [0.05, '0.05 s'],
    [7.25, '7.3 s'],
    [45.4, '45 s'],
    [59.9, '1 min'],
    [252, '4 min 12 s'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
    [273_600, '3 d 4 h'],
  ])('%d s are read as %s', (seconds, text) => expect(durationText(seconds)).toBe(text))

  it.each([
    ['90', 90],
    ['500 ms', 0.5],
    ['0,5 s', 0.5],
    ['5 min', 300],
    ['2 h 30 min', 9000],
    ['2 hours', 7200],
    ['1:30', 90],
    ['1:30:00', 5400],
    ['1 d', 86_400],
  ])('“%s” means %d s', (text, seconds) => expect(parseDurationText(text)).toBe(seconds))

  // The last one: read at once, however long it is.
  it.each(['', 'soon', '5 furlongs', '1:2:3:4', '-5', '5 min -1', '5,5,5 s', `${'1'.repeat(36)}!`])(
    '“%s” is none',
    (text) => expect(parseDurationText(text)).toBeUndefined(),
  )

  it('can be typed again as they are shown in a field', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (milliseconds) => {
        const seconds = milliseconds / 1000
        expect(parseDurationText(durationFieldText(seconds))).toBeCloseTo(seconds, 6)
      }),
    )
  })
})

describe('an estimate', () => {
  it('is told in words', () => {
    expect(sizesText({ t: 10, p: 1, c: 2 })).toBe('10 time points × 2 channels')
    expect(counted(2400, 'image')).toBe('2\u2009400 images')
    expect(roomText({ bytes: 1.2e9, freeDiskBytes: 81e9 })).toBe('1.2 GB of 81.0 GB free')
    expect(shareText({ bytes: 8, freeDiskBytes: 100 })).toBe('8 % of the free disk')
    expect(shareText({ bytes: 1, freeDiskBytes: 1e6 })).toBe('under 1 % of the free disk')
    expect(shareText({ bytes: 1, freeDiskBytes: 0 })).toBe('the disk is full')
  })
})

describe('paths of a plan', () => {
  it('lead from the most particular to the whole', () => {
    expect(enclosingPaths('stage_positions[2].sequence.z_plan')).toEqual([
      'stage_positions[2].sequence.z_plan',
      'stage_positions[2].sequence',
      'stage_positions[2]',
      'stage_positions',
    ])
    expect(enclosingPaths('')).toEqual([])
  })

  it.each([
    ['', 'Plan'],
    ['channels[1].exposure', 'Channel 2 (GFP), exposure'],
    ['channels[7]', 'Channel 8'],
    ['stage_positions[0].x', 'Position 1 (left), X'],
    ['stage_positions[1].sequence.z_plan.step', 'Position 2, own settings, Focus stack, step'],
    ['time_plan.phases[0].interval', 'Time, phase 1, interval'],
    ['z_plan.top', 'Focus stack, top'],
    ['unheard_of', 'unheard of'],
  ])('%s is “%s”', (path, words) => expect(pathWords(path, plan)).toBe(words))

  it('are none of what is about the whole plan, which is a sentence', () => {
    expect(remarkWords({ path: '', message: 'has nothing to do' })).toBe('The plan has nothing to do')
    expect(remarkWords({ path: '', message: 'There is no data folder' })).toBe('There is no data folder')
    expect(remarkWords({ path: 'z_plan.step', message: 'is 0' })).toBe('is 0')
  })

  it('name wells of a plate', () => {
    const { sequence } = readPlan({
      stage_positions: { plate: 96, a1_center_xy: [0, 0], selected_wells: [[1], [2]] },
    })
    expect(pathWords('stage_positions[0]', sequence)).toBe('Well B3')
  })

  it('unfold the part they lie in', () => {
    expect(unfoldedFor('channels[0].camera', { 'plan-channels': true, other: true })).toEqual({
      'plan-channels': false,
      other: true,
    })
    const folded = { other: true }
    expect(unfoldedFor('', folded)).toBe(folded)
  })
})

describe('the order of a plan', () => {
  it('is asked for in plain words, of axes in use', () => {
    const titles = orderQuestions(plan).map(({ title }) => title)
    expect(titles).toEqual(['Channels and planes', 'Time and positions'])
    expect(orderQuestions(emptySequence)).toEqual([])
  })

  it('changes by an answer, and back', () => {
    const [question] = orderQuestions(plan)
    if (question === undefined) throw new Error('no question')
    expect(answerOf(plan, question)).toBe(1)
    const planesFirst = answered(plan, question, 0)
    expect(planesFirst.join('')).toBe('tpgzc')
    expect(answered({ ...plan, axisOrder: planesFirst }, question, 1).join('')).toBe('tpgcz')
  })

  it('moves an axis among those in use', () => {
    expect(axesInUse(plan).join('')).toBe('tpcz')
    expect(moveAxis(plan, 'c', -1).join('')).toBe('tcgpz')
    expect(moveAxis(plan, 't', -1)).toBe(plan.axisOrder)
  })
})

describe('a last look', () => {
  const small = { durationS: 60, bytes: 1e9, freeDiskBytes: 100e9 }
  it('is for what is long or large', () => {
    const estimateOf = (patch: Partial<typeof small>) => ({ ...emptyEstimate, ...small, ...patch })
    expect(isLarge(estimateOf({}))).toBe(false)
    expect(isLarge(estimateOf({ durationS: 3600 }))).toBe(true)
    expect(isLarge(estimateOf({ bytes: 12e9 }))).toBe(true)
    expect(isLarge(estimateOf({ freeDiskBytes: 4e9 }))).toBe(true)
  })
  it('says when it will end, with the day where that is another', () => {
    const noon = new Date(2026, 10, 28, 12, 0).getTime()
    expect(clockText(3600, noon)).toBe('13:00')
    expect(clockText(24 * 3600, noon)).toMatch(/^Sun,? 29 Nov, 12:00$/)
  })
})

describe('what is kept from a file', () => {
  it('is named', () => {
    expect(keptFields(plan).map(({ path }) => path)).toEqual(['metadata', 'setup', 'stage_positions'])
    expect(keptFields(emptySequence)).toEqual([])
  })
})

describe('a run', () => {
  const status: PlanStatus = {
    id: 'plans/a',
    name: 'a',
    format: 'raw',
    detectorNames: ['camera'],
    state: 'waiting',
    startedAt: 1000,
    frames: { expected: 10, written: 3, lost: 0, incomplete: 0 },
    bytesWritten: 0,
    buffer: { bytes: 0, limitBytes: 1 },
    writeBytesPerSecond: 0,
    events: { total: 8, done: 2, skipped: 0, late: 0 },
    index: { t: 2, p: 0, c: 1, z: 3 },
    positionName: 'left',
    channel: 'GFP',
    nextEventInS: 12.4,
  }

  it('says what it does and where', () => {
    expect(stateText(status)).toBe('Next image in 12 s')
    expect(stateText({ ...status, nextEventInS: 0.1 })).toBe('Acquiring')
    expect(stateText({ ...status, state: 'finished', finish: { reason: 'cancelled' } })).toBe('Cancelled')
    expect(placeText(status)).toBe('time point 3 · left · GFP · plane 4')
    expect(placeText({ ...status, index: undefined, positionName: undefined, channel: undefined })).toBe('')
    expect(progressOf(status)).toBe(0.25)
    expect(progressOf({ ...status, events: { ...status.events, total: 0 } })).toBe(0)
  })

  it('says at its end what is there and what is not', () => {
    const ended = (frames: PlanStatus['frames'], skipped = 0): PlanStatus => ({
      ...status,
      frames,
      events: { ...status.events, skipped },
    })
    const all = ended({ expected: 10, written: 10, lost: 0, incomplete: 0 })
    expect([endText(all), isWhole(all)]).toEqual(['All 10 images are there.', true])
    const some = ended({ expected: 10, written: 6, lost: 1, incomplete: 2 }, 3)
    expect([endText(some), isWhole(some)]).toEqual([
      '6 of 10 images are there: 3 left out, 1 lost, 2 with pixels missing.',
      false,
    ])
    expect(endText(ended({ expected: 1, written: 1, lost: 0, incomplete: 0 }))).toBe('The image is there.')
  })

  it('is not ended without a question once much was done', () => {
    expect(muchDone(status, 2000)).toBe(false)
    expect(muchDone(status, 60_000)).toBe(true)
    expect(muchDone({ ...status, frames: { written: 500, lost: 0, incomplete: 0 } }, 2000)).toBe(true)
  })
})
