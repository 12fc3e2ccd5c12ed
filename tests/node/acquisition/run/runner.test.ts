import { afterEach, describe, expect, it, vi } from 'vitest'
import { monotonicClock } from '../../../../src-main/acquisition/run/run-clock.ts'
import { Runner, type RunnerOptions } from '../../../../src-main/acquisition/run/runner.ts'
import type { AcquisitionRunEvent } from '../../../../src-shared/acquisition/acquisition-events.ts'
import type { RunState } from '../../../../src-shared/acquisition/acquisition-status.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { expandPlan } from '../../../../src-shared/plan/expand-plan.ts'
import { readPlan } from '../../../../src-shared/plan/read-plan.ts'
import {
  type HardwareScript,
  ScriptedClock,
  ScriptedHardware,
  ScriptedSink,
} from '../../../fixtures/scripted-run.ts'

type Script = HardwareScript & Pick<Partial<RunnerOptions>, 'onFault' | 'clock'>

function runOf(
  plan: Record<string, unknown>,
  { onFault = { kind: 'abort' }, clock: given, ...script }: Script = {},
) {
  const clock = new ScriptedClock()
  const { sequence } = readPlan(plan)
  const hardware = new ScriptedHardware(clock, script)
  const sink = new ScriptedSink()
  const cameras = script.cameras ?? ['cam']
  const events = [...expandPlan(sequence)]
  const images = events.filter(({ action }) => action.type === 'acquireImage').length
  const runner = new Runner({
    id: 'recordings/test',
    sequence,
    events,
    framesExpected: images * cameras.length,
    hardware,
    sink,
    onFault,
    camerasOf: () => cameras,
    clock: given ?? clock,
  })
  const told: AcquisitionRunEvent[] = []
  const states: RunState[] = []
  /** When each event began, ms since the first. */
  const starts: { readonly number: number; readonly at: number; readonly lateMs: number | undefined }[] = []
  const zero = clock.nowMs
  runner.on((event) => {
    told.push(event)
    if (event.type === 'eventStarted')
      starts.push({ number: event.event.number, at: clock.nowMs - zero, lateMs: event.lateMs })
  })
  runner.onState((state) => states.push(state))
  return { runner, clock, hardware, sink, told, states, starts }
}

const series = (loops: number, interval = 1) => ({ time_plan: { interval, loops } })
const fault = (message: string) => new CoverslipError('DEVICE_FAILED', message, { hint: 'Look at it.' })
const typesOf = (told: readonly AcquisitionRunEvent[]) => told.map(({ type }) => type)
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('Runner', () => {
  it('goes through a plan event by event, and tells of each', async () => {
    const { runner, hardware, sink, told, states } = runOf({ channels: ['DAPI', 'GFP'] })
    expect(await runner.run()).toEqual({ reason: 'completed', failure: undefined, notRestored: [] })
    expect(hardware.log).toEqual([
      'prepare',
      'set up 0',
      'expose 0',
      'set up 1',
      'expose 1',
      'restore completed',
    ])
    expect(sink.frames.map(({ sequence, event }) => [sequence, event.index])).toEqual([
      [0, { c: 0 }],
      [1, { c: 1 }],
    ])
    expect(sink.closed).toBe(1)
    expect(typesOf(told)).toEqual([
      'sequenceStarted',
      'eventStarted',
      'frameReady',
      'eventFinished',
      'eventStarted',
      'frameReady',
      'eventFinished',
      'sequenceFinished',
    ])
    expect(told.at(-1)).toMatchObject({
      reason: 'completed',
      frames: { expected: 2, written: 2, skipped: 0 },
    })
    expect(states).toEqual(['acquiring', 'finishing', 'finished'])
    expect(runner.progress).toMatchObject({ done: 2, skipped: 0, late: 0 })
  })

  it('begins each event at its time, set up before it', async () => {
    const run = runOf(series(3), { setUpMs: 40 })
    const setUps: number[] = []
    const first = run.clock.nowMs
    run.hardware.log.push = (...entries: string[]) => {
      if (entries[0]?.startsWith('set up') === true) setUps.push(run.clock.nowMs - first)
      return 0
    }
    await run.runner.run()
    // Time 0 is when the first exposure begins, after its set-up.
    expect(run.starts.map(({ at }) => at)).toEqual([40, 1040, 2040])
    expect(run.starts.map(({ lateMs }) => lateMs)).toEqual([undefined, 0, 0])
    // And once more when it is due: somebody may have moved things meanwhile.
    expect(setUps).toEqual([0, 540, 1040, 1540, 2040])
    expect(run.told.filter(({ type }) => type === 'awaitingEvent').length).toBeGreaterThanOrEqual(2)
  })

  it('tells of late events, and catches up without moving those after them', async () => {
    const slow = [0, 2600, 0, 0, 0]
    const run = runOf(series(5), {
      beforeFrame: ({ number }) => {
        run.clock.nowMs += slow[number] ?? 0
      },
    })
    await run.runner.run()
    expect(run.starts.map(({ at }) => at)).toEqual([0, 1000, 3610, 3620, 4000])
    expect(run.starts.map(({ lateMs }) => lateMs)).toEqual([undefined, 0, 1610, 620, 0])
    expect(run.runner.progress.late).toBe(2)
  })

  it('counts as late what waits for a time only: the second channel of a time point does not', async () => {
    const run = runOf({ ...series(2), channels: ['A', 'B'] }, { exposureMs: 100 })
    await run.runner.run()
    expect(run.starts.map(({ at, lateMs }) => [at, lateMs])).toEqual([
      [0, undefined],
      [100, undefined],
      [1000, 0],
      [1100, undefined],
    ])
    expect(run.runner.progress.late).toBe(0)
  })

  it('moves everything that is due by a pause, also what was waited for; what the timer is reset for is not moved', async () => {
    const run = runOf({
      axis_order: 'pt',
      stage_positions: [{ x: 0 }, { x: 1 }],
      ...series(3),
    })
    let waits = 0
    run.clock.meanwhile = () => {
      if (++waits !== 2) return
      // In the middle of the wait for the second event.
      run.clock.nowMs += 100
      run.runner.pause()
      void turn().then(() => {
        expect(run.runner.state).toBe('paused')
        run.clock.nowMs += 5000
        run.runner.resume()
      })
    }
    await run.runner.run()
    expect(run.starts.map(({ at }) => at)).toEqual([0, 6000, 7000, 7010, 8010, 9010])
    expect(run.runner.progress.late).toBe(0)
    expect(
      run.told.flatMap((event) => (event.type === 'sequencePauseToggled' ? [event.paused] : [])),
    ).toEqual([true, false])
    // Somebody may have moved things meanwhile: set up for, after the pause, and when it is due.
    expect(run.hardware.log.filter((entry) => entry === 'set up 1')).toHaveLength(3)
  })

  it('pauses after the event that is being exposed, and goes on with the rest of a batch', async () => {
    const run = runOf(
      { channels: ['A', 'B', 'C'] },
      {
        batchSize: 3,
        beforeFrame: ({ number }) => {
          if (number === 1) run.runner.pause()
        },
      },
    )
    const running = run.runner.run()
    await turn()
    expect(run.runner.state).toBe('paused')
    expect(run.hardware.log).toEqual(['prepare', 'set up 0', 'expose 0', 'expose 1', 'pause'])
    run.runner.resume()
    expect((await running).reason).toBe('completed')
    expect(run.hardware.log.slice(5)).toEqual(['set up 2', 'expose 2', 'restore completed'])
    expect(run.sink.frames).toHaveLength(3)
  })

  it.each(['abort', 'skip'] as const)(
    'stays paused when a device fails in it, tells so once, and goes on with every image (%s)',
    async (kind) => {
      const run = runOf(
        { channels: ['A', 'B', 'C'] },
        {
          onFault: { kind },
          beforeFrame: ({ number }) => {
            if (number === 0) run.runner.pause()
          },
          pause: () => {
            throw fault('The camera hangs')
          },
        },
      )
      const running = run.runner.run()
      await turn()
      expect(run.runner.state).toBe('paused')
      run.runner.resume()
      expect((await running).reason).toBe('completed')
      const ofPause = run.told.filter(
        ({ type }) => type.startsWith('sequencePause') || type === 'eventFailed',
      )
      expect(ofPause).toEqual([
        { type: 'sequencePauseToggled', id: 'recordings/test', paused: true },
        {
          type: 'sequencePauseFailed',
          id: 'recordings/test',
          message: 'The camera hangs',
          hint: 'Look at it.',
        },
        { type: 'sequencePauseToggled', id: 'recordings/test', paused: false },
      ])
      expect(run.sink.frames).toHaveLength(3)
    },
  )

  it('is not stopped by a pause that is over before it comes to it', async () => {
    const run = runOf(
      { channels: ['A', 'B'] },
      {
        batchSize: 2,
        beforeFrame: ({ number }) => {
          if (number !== 0) return
          run.runner.pause()
          run.runner.resume()
        },
      },
    )
    expect((await run.runner.run()).reason).toBe('completed')
    expect(run.sink.frames).toHaveLength(2)
    expect(run.states).not.toContain('paused')
  })

  it.each(['waiting', 'paused'] as const)('is cancelled at once while it is %s', async (state) => {
    const run = runOf(series(3, 3600))
    const when = run.clock.nowMs
    run.clock.meanwhile = () => {
      if (state === 'paused') {
        run.runner.pause()
        void turn().then(() => run.runner.cancel())
      } else run.runner.cancel()
    }
    expect((await run.runner.run()).reason).toBe('cancelled')
    expect(run.clock.nowMs - when).toBeLessThan(1000)
    expect(run.hardware.log.at(-1)).toBe('restore cancelled')
    expect(run.sink).toMatchObject({ closed: 1, framesWritten: 1 })
    expect(typesOf(run.told).slice(-2)).toEqual(['sequenceCanceled', 'sequenceFinished'])
    const toggles = run.told.flatMap((event) => (event.type === 'sequencePauseToggled' ? [event.paused] : []))
    expect(toggles).toEqual(state === 'paused' ? [true, false] : [])
    expect(run.told.at(-1)).toMatchObject({ frames: { expected: 3, written: 1 } })
  })

  it('is cancelled after the event that is being exposed', async () => {
    const run = runOf(
      { channels: ['A', 'B', 'C'] },
      {
        batchSize: 3,
        beforeFrame: ({ number }) => {
          if (number === 1) run.runner.cancel()
        },
      },
    )
    expect((await run.runner.run()).reason).toBe('cancelled')
    expect(run.sink.frames.map(({ event }) => event.number)).toEqual([0, 1])
  })

  it('lists the planes that a stack lacks when it is cancelled, and not the times that a series does not reach', async () => {
    const cancelledAt = async (plan: Record<string, unknown>) => {
      const run = runOf(plan, {
        batchSize: 4,
        beforeFrame: ({ number }) => {
          if (number === 1) run.runner.cancel()
        },
      })
      expect((await run.runner.run()).reason).toBe('cancelled')
      expect(run.sink.frames.map(({ event }) => event.number)).toEqual([0, 1])
      return run
    }
    const stack = await cancelledAt({ z_plan: { range: 3, step: 1 } })
    const reason = 'The plan was cancelled'
    expect(stack.sink.skips).toEqual([2, 3].map((event) => ({ event, cameras: ['cam'], reason })))
    expect(stack.told.at(-1)).toMatchObject({ frames: { expected: 4, written: 2, skipped: 2 } })
    const burst = await cancelledAt(series(4, 0))
    expect(burst.sink.skips).toEqual([])
  })

  it('ends with the first fault, as the plan asks, and has the microscope restored', async () => {
    const run = runOf(
      { channels: ['A', 'B', 'C'] },
      {
        beforeFrame: ({ number }) => {
          if (number === 1) throw fault('The lamp has burnt out')
        },
      },
    )
    expect(await run.runner.run()).toMatchObject({
      reason: 'failed',
      failure: { message: 'The lamp has burnt out', hint: 'Look at it.' },
    })
    expect(run.hardware.log.at(-1)).toBe('restore failed')
    expect(run.told.find(({ type }) => type === 'eventFailed')).toMatchObject({
      event: { number: 1 },
      message: 'The lamp has burnt out',
      consequence: 'abort',
    })
    expect(run.told.at(-1)).toMatchObject({ type: 'sequenceFinished', reason: 'failed', hint: 'Look at it.' })
    expect(run.sink).toMatchObject({ closed: 1, framesWritten: 1 })
  })

  it('tries an event again so many times; each event anew', async () => {
    const failures = [0, 2, 0, 2]
    const run = runOf(
      { channels: ['A', 'B', 'C', 'D'] },
      {
        onFault: { kind: 'retry', times: 2 },
        batchSize: 4,
        beforeFrame: ({ number }) => {
          const left = failures[number] ?? 0
          if (left === 0) return
          failures[number] = left - 1
          throw fault('A hiccup')
        },
      },
    )
    expect((await run.runner.run()).reason).toBe('completed')
    expect(run.sink.frames.map(({ event }) => event.number)).toEqual([0, 1, 2, 3])
    expect(run.hardware.log.filter((entry) => entry === 'set up 1')).toHaveLength(2)
  })

  it('ends when an event fails once more than it may be tried again', async () => {
    const run = runOf(
      { channels: ['A'] },
      {
        onFault: { kind: 'retry', times: 2 },
        onSetUp: () => {
          throw fault('The stage is stuck')
        },
      },
    )
    expect((await run.runner.run()).reason).toBe('failed')
    expect(run.told.flatMap((event) => (event.type === 'eventFailed' ? [event.consequence] : []))).toEqual([
      'retry',
      'retry',
      'abort',
    ])
  })

  it('leaves out the images of an event that failed, by name, and no others', async () => {
    const run = runOf(
      { channels: ['A', 'B', 'C'] },
      {
        onFault: { kind: 'skip' },
        cameras: ['left', 'right'],
        batchSize: 3,
        beforeFrame: ({ number }, camera) => {
          if (number === 1 && camera === 'right') throw fault('Right does not answer')
        },
      },
    )
    expect((await run.runner.run()).reason).toBe('completed')
    expect(run.sink.skips).toEqual([{ event: 1, cameras: ['right'], reason: 'Right does not answer' }])
    expect(run.sink.frames.map(({ event, camera }) => `${event.number} ${camera}`)).toEqual([
      '0 left',
      '0 right',
      '1 left',
      '2 left',
      '2 right',
    ])
    expect(run.runner.progress).toMatchObject({ done: 3, skipped: 1, framesSkipped: 1 })
    expect(run.told.at(-1)).toMatchObject({ frames: { expected: 6, written: 5, skipped: 1 } })
  })

  it.each([
    ['the series', series(3, 600), 0, [600_000, 1_200_000]],
    [
      'the second position',
      { axis_order: 'pt', stage_positions: [{ x: 0 }, { x: 1 }], ...series(2, 600) },
      2,
      [0, 600_000, 1_200_010],
    ],
    ['a time point', { stage_positions: [{ x: 0 }, { x: 1 }], ...series(2, 600) }, 0, [0, 600_000, 600_010]],
  ])('keeps the times of %s whose first image is left out', async (_what, plan, broken, starts) => {
    const run = runOf(plan, {
      onFault: { kind: 'skip' },
      onSetUp: ({ number }) => {
        if (number === broken) throw fault('The stage is stuck')
      },
    })
    expect((await run.runner.run()).reason).toBe('completed')
    expect(run.starts.map(({ at }) => at)).toEqual(starts)
    expect(run.runner.progress.late).toBe(0)
  })

  it('keeps the frame of the camera that did not fail, once', async () => {
    let failed = false
    const run = runOf(
      { channels: ['A'] },
      {
        onFault: { kind: 'retry', times: 1 },
        cameras: ['left', 'right'],
        beforeFrame: (_event, camera) => {
          if (camera !== 'right' || failed) return
          failed = true
          throw fault('Right does not answer')
        },
      },
    )
    await run.runner.run()
    expect(run.sink.frames.map(({ camera, sequence }) => [camera, sequence])).toEqual([
      ['left', 0],
      ['right', 2],
    ])
  })

  it('takes a frame that was overwritten for a fault of the event', async () => {
    const run = runOf({ channels: ['A', 'B'] }, { onFault: { kind: 'skip' } })
    run.sink.onTake = ({ event }) => (event.number === 0 ? 'lost' : 'taken')
    expect((await run.runner.run()).reason).toBe('completed')
    expect(run.sink.skips).toHaveLength(1)
  })

  it('takes a frame that never came for a fault of the event', async () => {
    const run = runOf({ channels: ['A'] }, { cameras: [] })
    const missing = new Runner({
      id: 'x',
      sequence: readPlan({ channels: ['A'] }).sequence,
      events: expandPlan(readPlan({ channels: ['A'] }).sequence),
      framesExpected: 1,
      hardware: run.hardware,
      sink: run.sink,
      onFault: { kind: 'abort' },
      camerasOf: () => ['silent'],
      clock: run.clock,
    })
    expect(await missing.run()).toMatchObject({
      reason: 'failed',
      failure: { message: 'silent delivered no frame' },
    })
  })

  it('ends when frames cannot be kept any more, whatever the fault policy', async () => {
    const run = runOf({ channels: ['A', 'B'] }, { onFault: { kind: 'skip' } })
    run.sink.onTake = () => {
      throw new CoverslipError('DATA_FOLDER', 'The disk is full')
    }
    expect(await run.runner.run()).toMatchObject({
      reason: 'failed',
      failure: { message: 'The disk is full' },
    })
    expect(run.hardware.log).toEqual(['prepare', 'set up 0', 'expose 0', 'restore failed'])
  })

  it('fails when the files cannot be completed', async () => {
    const run = runOf({ channels: ['A'] })
    run.sink.onClose = () => {
      throw new CoverslipError('DATA_FOLDER', 'The folder is gone')
    }
    expect(await run.runner.run()).toMatchObject({
      reason: 'failed',
      failure: { message: 'The folder is gone' },
    })
    expect(run.told.at(-1)).toMatchObject({ type: 'sequenceFinished', reason: 'failed' })
  })

  it('restores what it can when it could not even be prepared, and tells what it could not', async () => {
    const stuck = fault('The shutter is stuck')
    const run = runOf(
      { channels: ['A'] },
      {
        prepare: () => {
          throw fault('There is no lamp')
        },
        notRestored: [stuck],
      },
    )
    expect(await run.runner.run()).toMatchObject({
      reason: 'failed',
      failure: { message: 'There is no lamp', hint: 'Look at it.' },
      notRestored: [stuck],
    })
    expect(run.hardware.log).toEqual(['prepare', 'restore failed'])
  })

  it('runs an autofocus step that fails by the policy, without images to leave out', async () => {
    const plan = { autofocus_plan: { axes: 'p' }, stage_positions: [{ z: 1 }] }
    const run = runOf(plan, {
      onFault: { kind: 'skip' },
      onSetUp: ({ action }) => {
        if (action.type === 'hardwareAutofocus') throw fault('No focus to be found')
      },
    })
    expect((await run.runner.run()).reason).toBe('completed')
    expect(run.sink.skips).toEqual([{ event: 0, cameras: [], reason: 'No focus to be found' }])
    expect(run.runner.progress).toMatchObject({ done: 2, skipped: 0 })
    expect(run.sink.frames).toHaveLength(1)
  })
})

describe('monotonicClock', () => {
  afterEach(() => vi.restoreAllMocks())

  it('never ends too early, and lets others have their turns', async () => {
    const { signal } = new AbortController()
    let turns = 0
    const others = setInterval(() => turns++, 1)
    for (const ms of [0, 0.3, 1, 5, 20]) {
      const at = monotonicClock.now() + ms
      await monotonicClock.until(at, signal)
      expect(monotonicClock.now()).toBeGreaterThanOrEqual(at)
    }
    clearInterval(others)
    expect(turns).toBeGreaterThan(0)
  })

  it('ends when it is told to', async () => {
    const stop = new AbortController()
    const waiting = monotonicClock.until(monotonicClock.now() + 1e9, stop.signal)
    stop.abort()
    await waiting
    await monotonicClock.until(monotonicClock.now() + 1e9, stop.signal)
  })

  it('takes no notice of the computer’s clock', async () => {
    const run = runOf(series(4, 0.02), { clock: monotonicClock })
    const realNow = Date.now
    run.runner.on((event) => {
      // Set back by an hour in the middle of it.
      if (event.type === 'eventFinished')
        vi.spyOn(Date, 'now').mockImplementation(() => realNow() - 3_600_000)
    })
    expect((await run.runner.run()).reason).toBe('completed')
    expect(run.sink.frames).toHaveLength(4)
  })
})
