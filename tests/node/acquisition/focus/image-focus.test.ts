import { describe, expect, it } from 'vitest'
import { AcquisitionTurn } from '../../../../src-main/acquisition/acquisition-turn.ts'
import { ImageFocus } from '../../../../src-main/acquisition/focus/image-focus.ts'
import type { FocusStatus } from '../../../../src-shared/focus.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { loggedMicroscope } from '../../../fixtures/logged-microscope.ts'
import type { LoggingDriverOptions } from '../../../fixtures/logging-driver.ts'

/** On a microscope that writes down all it does; its camera is triggered, as a camera that stands still would be. */
describe('ImageFocus', () => {
  const microscope = loggedMicroscope()
  const turn = new AcquisitionTurn()

  async function open(options: Omit<LoggingDriverOptions, 'log'>, zUm = 0): Promise<ImageFocus> {
    await microscope.open(options)
    const { devices } = microscope
    await devices.setProperty('camera', 'triggerMode', 'software')
    await devices.moveStage('z', { z: zUm }, 'absolute')
    return new ImageFocus({ devices, turn })
  }
  const zUm = async () => (await microscope.devices.readPosition('z')).z
  /** Where z was sent to, in that order, but for the first move that the test itself makes. */
  const moves = async () =>
    (await microscope.log('z')).slice(1).map((line) => Number(line.slice('z to '.length)))

  it('finds the focus within the range, comes to each plane from below, and tells of each', async () => {
    const focus = await open({ focusUm: 12.3 }, 2)
    const told: FocusStatus[] = []
    focus.on((status) => told.push(status))
    const found = await focus.find({ rangeUm: 40 })
    expect(found).toMatchObject({ state: 'found', detectorName: 'camera', startUm: 2, fromUm: -18, toUm: 22 })
    expect(Math.abs((found.foundUm ?? Number.NaN) - 12.3)).toBeLessThan(0.1)
    expect(await zUm()).toBe(found.foundUm)
    expect(focus.status).toEqual(found)
    expect(told[0]).toMatchObject({ state: 'searching', curve: [] })
    expect(told.map(({ curve }) => curve.length)).toEqual([
      ...Array.from({ length: found.curve.length + 1 }, (_, i) => i),
      found.curve.length,
    ])
    const gone = await moves()
    expect(Math.min(...gone)).toBe(-18)
    expect(Math.max(...gone)).toBe(22)
    for (const { zUm: plane } of found.curve.slice(1)) {
      const at = gone.lastIndexOf(plane)
      expect(gone[at - 1]).toBeLessThanOrEqual(plane)
    }
    expect(microscope.devices.camera('camera').acquiring).toBe(false)
  })

  it('goes through the range the other way where down is towards the specimen, and stops with the offset', async () => {
    const focus = await open({ focusUm: -5, focusTowardsSpecimen: 'down' })
    const { foundUm, curve } = await focus.find({ rangeUm: 30, stepUm: 2, offsetUm: -1.5 })
    expect(Math.abs((foundUm ?? Number.NaN) + 6.5)).toBeLessThan(0.1)
    expect(curve.slice(0, 3).map((sample) => sample.zUm)).toEqual([15, 13, 11])
    const gone = await moves()
    expect(gone.at(-1)).toBe(foundUm)
  })

  it('searches as far as the drive goes', async () => {
    const focus = await open({ focusUm: 93 }, 90)
    const found = await focus.find({ rangeUm: 60, stepUm: 2 })
    expect(found).toMatchObject({ fromUm: 60, toUm: 100 })
    expect(Math.abs((found.foundUm ?? Number.NaN) - 93)).toBeLessThan(0.1)
  })

  it('goes back where the focus is not in the range', async () => {
    const focus = await open({ focusUm: 20 }, 3)
    await expect(focus.find({ rangeUm: 20 })).rejects.toMatchObject({
      code: 'NO_FOCUS',
      message: 'The image is sharpest at the upper end of the range, z = 13 µm',
    })
    expect(await zUm()).toBe(3)
    expect(focus.status).toMatchObject({ state: 'failed', error: { code: 'NO_FOCUS' } })
  })

  it('stops at once, in the midst of a move, and goes back', async () => {
    const focus = await open({ focusUm: 3, endless: 'z to 2' })
    const finding = focus.find({ rangeUm: 20, stepUm: 1 })
    await eventually('the move that does not end', async () => (await microscope.log('z')).includes('z to 2'))
    expect(await focus.stop()).toMatchObject({ state: 'stopped', startUm: 0 })
    expect(await finding).toMatchObject({ state: 'stopped' })
    expect(await zUm()).toBe(0)
    // The next search is not kept from anything.
    expect(await focus.stop()).toMatchObject({ state: 'stopped' })
    const { foundUm } = await focus.find({ rangeUm: 21, stepUm: 1 })
    expect(Math.abs((foundUm ?? Number.NaN) - 3)).toBeLessThan(0.1)
  })

  it('goes back where the drive takes its time to halt', async () => {
    const focus = await open({ focusUm: 3, endless: 'z to 2', haltsAfterMs: 1500 })
    const finding = focus.find({ rangeUm: 20, stepUm: 1 })
    await eventually('the move that does not end', async () => (await microscope.log('z')).includes('z to 2'))
    expect(await focus.stop()).toMatchObject({ state: 'stopped' })
    expect(await finding).toMatchObject({ state: 'stopped' })
    expect(await zUm()).toBe(0)
  })

  it('stops at once where the drive hangs, and leaves it alone', async () => {
    const focus = await open({ focusUm: 3, hang: 'z to 2' })
    const finding = focus.find({ rangeUm: 20, stepUm: 1 })
    const ended = expect(finding).rejects.toMatchObject({
      code: 'DEVICE_TIMEOUT',
      message:
        'The search was stopped, but z was not brought back to 0 µm: z did not halt when it was told to, and was left alone',
    })
    await eventually('the move that hangs', async () => (await microscope.log('z')).includes('z to 2'))
    expect(await focus.stop()).toMatchObject({ state: 'failed' })
    await ended
    expect((await moves()).at(-1)).toBe(2)
    // The next search is not kept from anything but that.
    expect(turn.isTaken).toBe(false)
  })

  it('stops when whoever asked for it has gone', async () => {
    const focus = await open({ focusUm: 3 }, 1)
    const gone = new AbortController()
    focus.on(({ curve }) => curve.length === 5 && gone.abort())
    expect(await focus.find({ rangeUm: 20 }, gone.signal)).toMatchObject({ state: 'stopped' })
    expect(await zUm()).toBe(1)
  })

  it('leaves z where somebody else has moved it', async () => {
    const focus = await open({ focusUm: 3 })
    focus.on(({ state, curve }) => {
      if (state === 'searching' && curve.length === 5)
        void microscope.devices.moveStage('z', { z: 42 }, 'absolute')
    })
    await expect(focus.find({ rangeUm: 20 })).rejects.toMatchObject({
      code: 'DEVICE_FAILED',
      message: 'z was moved or stopped by somebody else',
    })
    await eventually('the move of somebody else', async () => (await zUm()) === 42)
    expect((await moves()).at(-1)).toBe(42)
  })

  it('leaves z where somebody else has moved it after the last plane, with a focus or without', async () => {
    const focus = await open({ focusUm: 3 })
    const { devices } = microscope
    const planes = (await focus.find({ rangeUm: 20 })).curve.length
    let moved: Promise<unknown> | undefined
    focus.on(({ state, curve }) => {
      if (state === 'searching' && (curve.length === planes || curve.at(-1)?.zUm === -7))
        moved = devices.moveStage('z', { z: 42 }, 'absolute')
    })
    for (const [from, code] of [
      [0, 'DEVICE_FAILED'],
      [-17, 'NO_FOCUS'],
    ] as const) {
      await devices.moveStage('z', { z: from }, 'absolute')
      await expect(focus.find({ rangeUm: 20 })).rejects.toMatchObject({ code })
      await moved
      expect(await zUm()).toBe(42)
    }
  })

  it('leaves z where somebody else has stopped it before the search was given up', async () => {
    const focus = await open({ focusUm: 3 })
    const gone = new AbortController()
    focus.on(({ state, curve }) => {
      if (state !== 'searching' || curve.length !== 5) return
      void microscope.devices.stopStage('z')
      gone.abort()
    })
    expect(await focus.find({ rangeUm: 20 }, gone.signal)).toMatchObject({ state: 'stopped' })
    expect((await moves()).at(-1)).toBe(focus.status?.curve.at(-1)?.zUm)
  })

  it('tells that the camera was lost, and works again when it is back', async () => {
    const focus = await open({ focusUm: 3, lostAtTrigger: 6 })
    await expect(focus.find({ rangeUm: 20 })).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringMatching(/camera was lost.*z was not brought back to 0 µm/),
    })
    const { devices } = microscope
    await eventually('the connection', () => devices.device('camera').status.state === 'ready')
    await devices.setProperty('camera', 'triggerMode', 'software')
    // The driver was opened anew: it loses the camera again unless it finds the focus before.
    await expect(focus.find({ rangeUm: 20 })).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' })
    expect(focus.status).toMatchObject({ state: 'failed', curve: { length: 5 } })
  })

  it('takes turns with plans and recordings', async () => {
    const focus = await open({ focusUm: 3 })
    const plan = turn.take('Plan A')
    await expect(focus.find({})).rejects.toMatchObject({
      code: 'ACQUISITION_RUNNING',
      message: 'Plan A is under way',
    })
    plan.end()
    expect(await moves()).toEqual([])
    const finding = focus.find({ rangeUm: 20 })
    expect(() => turn.take('Plan B')).toThrow('A search for the focus is under way')
    await expect(focus.find({})).rejects.toMatchObject({ code: 'ACQUISITION_RUNNING' })
    await finding
    turn.take('Plan C').end()
  })

  it('leaves a camera alone that somebody else triggers', async () => {
    const focus = await open({ focusUm: 3 }, 4)
    const { devices } = microscope
    const lease = await devices.acquire('camera', { owner: 'a script', triggers: true })
    await expect(focus.find({ rangeUm: 20 })).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: 'camera is triggered by a script',
    })
    await lease.release()
    expect(await zUm()).toBe(4)
  })

  it('refuses what cannot be, before anything moves or with z put back', async () => {
    const focus = await open({ focusUm: 3 }, 4)
    await expect(focus.find({ rangeUm: 100, stepUm: 0.1 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(focus.find({ detectorName: 'none' })).rejects.toMatchObject({ code: 'UNKNOWN_DEVICE' })
    await expect(focus.find({ rangeUm: -1 })).rejects.toThrow()
    expect(await moves()).toEqual([])
    const region = { x: 16, y: 0, width: 32, height: 16 }
    await expect(focus.find({ region })).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    await expect(focus.find({ region: { ...region, x: 0, height: 8 } })).rejects.toMatchObject({
      code: 'OUT_OF_RANGE',
    })
    expect(await zUm()).toBe(4)
  })
})
