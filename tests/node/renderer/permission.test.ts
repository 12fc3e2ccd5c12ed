import { describe, expect, it } from 'vitest'
import { commands } from '../../../src-renderer/actions/commands.ts'
import { choosableProtocols } from '../../../src-renderer/actions/live-actions.ts'
import { createEngineStore, type EngineStore } from '../../../src-renderer/stores/engine-store.ts'
import {
  type EngineState,
  initialEngineState,
  reduceEngineEvent,
} from '../../../src-renderer/stores/engine-state.ts'
import {
  holdsControl,
  isOwner,
  mayOperate,
  otherOperator,
  whyNotAct,
  whyNotByHand,
  whyNotFindFocus,
  whyNotOperate,
  whyNotSet,
} from '../../../src-renderer/stores/permission.ts'
import { createShownStore } from '../../../src-renderer/stores/shown-store.ts'
import { createViewStore, initialViewState } from '../../../src-renderer/stores/view-store.ts'
import { currentStream, statsOf, watchedProtocol } from '../../../src-renderer/stores/selectors.ts'
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { Caller, ControlState } from '../../../src-shared/access.ts'
import type { Protocol } from '../../../src-shared/stream-params.ts'
import { settingsSchema } from '../../../src-shared/settings.ts'
import { samplePlan, sampleSnapshot, sampleStage, sampleStats, sampleStream } from './sample-engine.ts'

const person = (id: string, role: Caller['role']): Caller => ({ id, role, label: id, address: '' })
const [owner, anna, ben] = [person('owner', 'owner'), person('Anna', 'operator'), person('Ben', 'viewer')]

type Situation = {
  readonly caller?: Caller
  readonly control?: ControlState
  readonly streams?: readonly Protocol[]
  readonly sharing?: 'exclusive' | 'concurrent'
}

function stateOf({
  caller = owner,
  control = {},
  streams = [],
  sharing = 'exclusive',
}: Situation): EngineState {
  const info = {
    version: '1',
    transport: 'network',
    protocols: ['binary', 'jpeg', 'mjpeg', 'webrtc'],
  } as const
  return reduceEngineEvent(
    { ...initialEngineState, info: { ...info, protocols: [...info.protocols] } },
    sampleSnapshot({
      caller,
      control,
      streams: streams.map((protocol) => sampleStream('a', protocol)),
      settings: settingsSchema.parse({ sharing }),
    }),
  )
}

describe('who may operate', () => {
  it('is whoever has the role while nobody else operates', () => {
    expect(mayOperate(stateOf({ caller: owner }))).toBe(true)
    expect(mayOperate(stateOf({ caller: anna }))).toBe(true)
    expect(mayOperate(stateOf({ caller: anna, control: { holder: anna } }))).toBe(true)
    expect(mayOperate(stateOf({ caller: ben }))).toBe(false)
  })
  it('is nobody else, not even the owner, until control is taken; it can be asked for', () => {
    for (const caller of [owner, person('Cleo', 'operator')]) {
      const state = stateOf({ caller, control: { holder: anna } })
      expect(whyNotOperate(state)).toEqual({ reason: 'Anna operates the microscope.', askable: true })
      expect(whyNotAct(state)).toBeUndefined()
      expect(otherOperator(state)).toBe(anna)
    }
  })
  it('is never a viewer, who cannot ask either', () => {
    for (const control of [{}, { holder: anna }]) {
      const state = stateOf({ caller: ben, control })
      expect(whyNotOperate(state)).toMatchObject({ askable: false })
      expect(whyNotAct(state)).toMatchObject({ askable: false })
    }
  })
  it('is nobody by hand while a plan is under way, but when it is paused', () => {
    const during = (state: PlanStatus['state']): EngineState => ({
      ...stateOf({ caller: owner }),
      acquisition: { ...samplePlan, state },
    })
    for (const state of ['preparing', 'waiting', 'acquiring', 'finishing'] as const) {
      expect(whyNotByHand(during(state))).toMatchObject({ code: 'SET_BY_PLAN' })
      expect(mayOperate(during(state))).toBe(true)
    }
    for (const state of ['paused', 'finished'] as const) expect(whyNotByHand(during(state))).toBeUndefined()
    expect(whyNotByHand(stateOf({ caller: owner }))).toBeUndefined()
    expect(whyNotByHand(stateOf({ caller: ben }))).toEqual(whyNotAct(stateOf({ caller: ben })))
  })
  it('is nobody who searches for the focus before an acquisition has ended, also while it is paused', () => {
    const idle = stateOf({ caller: owner })
    for (const state of ['preparing', 'waiting', 'acquiring', 'paused', 'finishing'] as const) {
      expect(whyNotFindFocus({ ...idle, acquisition: { ...samplePlan, state } })).toMatchObject({
        code: 'ACQUISITION_RUNNING',
        reason: expect.stringContaining('acquisition'),
      })
      expect(whyNotFindFocus({ ...idle, recording: { ...samplePlan, state } })?.reason).toMatch(/recording/)
    }
    expect(whyNotFindFocus({ ...idle, acquisition: { ...samplePlan, state: 'finished' } })).toBeUndefined()
    const focus: EngineState['focus'] = {
      detectorName: 'a',
      startUm: 0,
      fromUm: -5,
      toUm: 5,
      curve: [],
      state: 'searching',
    }
    expect(whyNotFindFocus({ ...idle, focus, acquisition: samplePlan })).toBeUndefined()
    expect(whyNotFindFocus(stateOf({ caller: ben }))).toEqual(whyNotAct(stateOf({ caller: ben })))
  })
  it('is nobody who sets the camera of a plan under way, nor stops one that is recorded', () => {
    const idle = stateOf({ caller: owner })
    const why = (state: Partial<EngineState>, deviceId = 'camera', lockedWhileAcquiring = false) =>
      whyNotSet({ ...idle, ...state }, deviceId, { lockedWhileAcquiring })?.code
    const paused = { ...samplePlan, state: 'paused' } as const
    expect(why({})).toBeUndefined()
    expect(why({ acquisition: samplePlan })).toBe('SET_BY_PLAN')
    expect(why({ acquisition: samplePlan }, 'overview', true)).toBeUndefined()
    expect(why({ acquisition: paused })).toBeUndefined()
    // Pausing would not help.
    expect(why({ acquisition: samplePlan }, 'camera', true)).toBe('ACQUISITION_RUNNING')
    expect(why({ acquisition: paused }, 'camera', true)).toBe('ACQUISITION_RUNNING')
    expect(why({ recording: samplePlan })).toBeUndefined()
    expect(why({ recording: samplePlan }, 'camera', true)).toBe('ACQUISITION_RUNNING')
    expect(why({ recording: { ...samplePlan, state: 'finished' } }, 'camera', true)).toBeUndefined()
  })
  it('is nobody who sets stages, lights or optics while a plan goes on, wherever they are shown', () => {
    const why = (acquisition?: PlanStatus) =>
      whyNotSet({ ...stateOf({ caller: owner }), acquisition }, sampleStage.id, {
        lockedWhileAcquiring: false,
      })?.code
    expect(why()).toBeUndefined()
    expect(why(samplePlan)).toBe('SET_BY_PLAN')
    expect(why({ ...samplePlan, state: 'paused' })).toBeUndefined()
  })
  it('gives the same object for the same state, as stores need it', () => {
    const state = stateOf({ caller: owner, control: { holder: anna } })
    expect(whyNotOperate(state)).toBe(whyNotOperate({ ...state }))
  })
  it('knows the holder and the owner', () => {
    expect(holdsControl(stateOf({ caller: anna, control: { holder: { ...anna } } }))).toBe(true)
    expect(holdsControl(stateOf({ caller: anna, control: {} }))).toBe(false)
    expect(holdsControl(initialEngineState)).toBe(false)
    expect([owner, anna, ben].map((caller) => isOwner(stateOf({ caller })))).toEqual([true, false, false])
  })
})

const noStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }

/** The stores of a page. */
const page = (engine: EngineStore) => ({
  engine,
  view: createViewStore(() => noStorage),
  shown: createShownStore(),
  pane: 'a' as const,
})

describe('commands', () => {
  const refused = (situation: Situation) => {
    const engine = createEngineStore()
    const { caller = owner, control = {}, streams = [] } = situation
    engine.apply(
      sampleSnapshot({ caller, control, streams: streams.map((protocol) => sampleStream('a', protocol)) }),
    )
    const services = page(engine)
    return commands.filter((command) => command.refusal?.(services) !== undefined).map(({ id }) => id)
  }
  it('refuse what the role may not do', () => {
    expect(refused({ caller: owner })).toEqual([])
    expect(refused({ caller: ben })).toEqual(
      expect.arrayContaining(['toggle-live', 'snap', 'share', 'take-control', 'stage-PageUp']),
    )
    expect(refused({ caller: anna })).toEqual(['share'])
    expect(refused({ caller: ben })).not.toContain('fit')
  })
  it('refuse to stop, but not to start, while somebody else operates', () => {
    expect(refused({ caller: owner, control: { holder: anna } })).not.toContain('toggle-live')
    expect(refused({ caller: owner, control: { holder: anna }, streams: ['binary'] })).toContain(
      'toggle-live',
    )
  })
  it('refuse the contrast only where the stream applies it for all', () => {
    expect(refused({ caller: ben, streams: ['binary'] })).not.toContain('auto-once')
    expect(refused({ caller: ben, streams: ['jpeg'] })).toContain('auto-once')
  })
})

describe('what is watched', () => {
  const view = (chosen?: Protocol) =>
    chosen === undefined ? initialViewState : { ...initialViewState, protocols: { a: chosen } }
  it('is the protocol chosen here while it runs, else the best that does', () => {
    const both = stateOf({ streams: ['mjpeg', 'jpeg'], sharing: 'concurrent' })
    expect(currentStream(both, view(), 'a')?.protocol).toBe('jpeg')
    expect(currentStream(both, view('mjpeg'), 'a')?.protocol).toBe('mjpeg')
    expect(watchedProtocol(both, view('binary'), 'a')).toBe('jpeg')
    expect(watchedProtocol(stateOf({}), view('binary'), 'a')).toBeUndefined()
  })
  it('may be WebRTC beside another stream, which its first viewer starts', () => {
    expect(
      watchedProtocol(stateOf({ streams: ['binary'], sharing: 'concurrent' }), view('webrtc'), 'a'),
    ).toBe('webrtc')
    expect(watchedProtocol(stateOf({ streams: ['binary'] }), view('webrtc'), 'a')).toBe('binary')
    expect(watchedProtocol(stateOf({ sharing: 'concurrent' }), view('webrtc'), 'a')).toBeUndefined()
  })
  it('can be chosen by a viewer only where it starts nothing for others', () => {
    expect(choosableProtocols(stateOf({ caller: ben, streams: ['jpeg'] }), 'a')).toEqual(['jpeg'])
    expect(
      choosableProtocols(stateOf({ caller: ben, streams: ['jpeg'], sharing: 'concurrent' }), 'a'),
    ).toEqual(['jpeg', 'webrtc'])
    expect(choosableProtocols(stateOf({ caller: ben, sharing: 'concurrent' }), 'a')).toEqual([])
    expect(choosableProtocols(stateOf({ caller: anna, sharing: 'concurrent' }), 'a')).toHaveLength(4)
    expect(
      choosableProtocols(stateOf({ caller: anna, control: { holder: owner }, streams: ['binary'] }), 'a'),
    ).toEqual(['binary'])
  })
  it('has statistics of its own per protocol', () => {
    const state = ['binary', 'webrtc'].reduce(
      (before, protocol) =>
        reduceEngineEvent(before, {
          type: 'streamStats',
          stats: sampleStats('a', protocol === 'binary' ? 'binary' : 'webrtc'),
        }),
      stateOf({ streams: ['binary', 'webrtc'], sharing: 'concurrent' }),
    )
    expect(statsOf(state, 'a', 'binary')?.protocol).toBe('binary')
    expect(statsOf(state, 'a', 'webrtc')?.protocol).toBe('webrtc')
    expect(statsOf(state, 'a', 'jpeg')).toBeUndefined()
  })
})
