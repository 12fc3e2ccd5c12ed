import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import { loggedMicroscope } from '../../fixtures/logged-microscope.ts'
import { runPlan } from '../../fixtures/plan-run.ts'

/** A microscope that is not as the plan has left it, or does not do what it is told. */
describe('MicroscopeHardware', () => {
  const microscope = loggedMicroscope()
  const { open, log } = microscope
  afterEach(() => void vi.restoreAllMocks())

  /** Sets a property, as somebody else than the plan does, and waits until everybody knows. */
  const set = async (deviceId: string, property: string, value: boolean | string) => {
    const told = () =>
      microscope.devices.device(deviceId).properties.find(({ name }) => name === property)?.value
    await eventually('the device to have told', () => told() !== value)
    await microscope.devices.setProperty(deviceId, property, value, { temporary: true })
    await eventually('the device to tell', () => told() === value)
  }

  const twoChannels = {
    channels: [{ config: 'red', exposure: 20 }, 'blue'],
    stage_positions: [{ x: 1, y: 2, z: 3 }],
  }

  it('sets again what somebody else has changed while an image was waited for, and nothing else', async () => {
    await open()
    const meddle = async () => {
      await microscope.devices.moveStage('xy', { x: 5, y: 5 }, 'absolute')
      await set('wheel', 'position', 'none')
    }
    const { failure } = await runPlan(
      microscope.devices,
      { ...twoChannels, channels: ['red'] },
      { settled: meddle },
    )
    expect(failure).toBeUndefined()
    expect(await log('xy', 'z', 'wheel')).toEqual([
      ...['wheel red', 'xy to 1,2', 'z to 3'],
      ...['xy to 5,5', 'wheel none', 'wheel red', 'xy to 1,2'],
      ...['z to 0', 'xy to 0,0', 'wheel none'],
    ])
  })

  it('sets what an event sets itself instead of its channel, and does commands once', async () => {
    await open({ autofocus: true })
    const properties = [
      ['wheel', 'position', 'blue'],
      ['autofocus', 'findFocus', true],
    ]
    const { failure } = await runPlan(microscope.devices, {
      channels: ['red'],
      stage_positions: [{ x: 1, properties }],
    })
    expect(failure).toBeUndefined()
    expect(await log('wheel', 'autofocus')).toEqual(['wheel blue', 'autofocus found', 'wheel none'])
  })

  it('turns a light on again that somebody else has turned off, where it is to stay on', async () => {
    await open()
    let settled = 0
    const { failure } = await runPlan(
      microscope.devices,
      { channels: ['red'], stage_positions: [{ x: 1 }, { x: 2 }, { x: 3 }], keep_shutter_open_across: 'p' },
      { settled: () => (++settled === 2 ? set('red', 'on', false) : undefined) },
    )
    expect(failure).toBeUndefined()
    const all = await log()
    expect(all.filter((line) => line.startsWith('red ') || line === 'camera trigger').slice(0, -2)).toEqual([
      ...['red off', 'red on', 'camera trigger'],
      ...['red off', 'red off', 'red on', 'camera trigger', 'camera trigger'],
    ])
  })

  it.each([
    ['a filter wheel that slips', { slipAtTrigger: 1 }, undefined, 'Filter of wheel has changed to none'],
    [
      'somebody who turns the light off',
      {},
      () => microscope.devices.setProperty('red', 'on', false),
      'on of red was turned off',
    ],
    [
      'somebody who turns another light of the plan on',
      {},
      () => microscope.devices.setProperty('blue', 'on', true),
      'on of blue was turned on',
    ],
    [
      'somebody who moves the stage',
      {},
      () => microscope.devices.moveStage('xy', { x: 9, y: 9 }, 'absolute'),
      'xy was moved or stopped',
    ],
  ])(
    'notices %s while an image is taken, and takes it again where the plan says so',
    async (_who, options, meddle, message) => {
      await open(options)
      const failures: unknown[] = []
      let meddling: Promise<unknown> | undefined
      const { failure, frames } = await runPlan(microscope.devices, twoChannels, {
        retries: 1,
        failed: (error) => void failures.push(error),
        begun: () => {
          meddling ??= meddle?.()
        },
      })
      await meddling
      expect(failure).toBeUndefined()
      expect(failures).toMatchObject([
        { code: 'DEVICE_FAILED', message: `${message} while an image was taken` },
      ])
      // Each pixel is the number of the trigger: the first image is not kept.
      expect(frames.map(({ pixels }) => (pixels[0] ?? 0) & 0xff)).toEqual([2, 3])
    },
  )

  it('has the light off while devices tell what was, and does not take that for a change', async () => {
    await open()
    const { devices } = microscope
    const isRedOn = () => devices.device('red').properties.some(({ value }) => value === true)
    const whenTold = devices.whenTold.bind(devices)
    vi.spyOn(devices, 'whenTold').mockImplementation(async (ids) => {
      await whenTold(ids)
      if (ids.includes('wheel')) await eventually('the light to be off', () => !isRedOn())
    })
    const { failure, frames } = await runPlan(devices, { channels: ['red'] })
    expect(failure).toBeUndefined()
    expect(frames).toHaveLength(1)
  })

  it('notices a change of what it has set to the value that it had', async () => {
    await open()
    const failures: unknown[] = []
    let meddling: Promise<unknown> | undefined
    const { failure, frames } = await runPlan(
      microscope.devices,
      { channels: [{ config: 'red', exposure: 10 }] },
      {
        retries: 1,
        failed: (error) => void failures.push(error),
        begun: () => {
          meddling ??= microscope.devices.setProperty('camera', 'exposureMs', 50)
        },
      },
    )
    await meddling
    expect(failure).toBeUndefined()
    expect(failures).toMatchObject([
      { message: expect.stringContaining('of camera has changed to 50 while an image was taken') },
    ])
    expect(frames.map(({ info }) => info.exposureMs)).toEqual([10])
  })

  it('takes what a device rounds a value to for what it was set to', async () => {
    await open({ rounds: true })
    const { failure, frames } = await runPlan(microscope.devices, {
      channels: [{ config: 'red', exposure: 20 }],
      stage_positions: [{ x: 1 }, { x: 2 }],
    })
    expect(failure).toBeUndefined()
    expect(frames.map(({ info }) => info.exposureMs)).toEqual([21, 21])
    expect((await log('camera')).filter((line) => line === 'camera exposureMs 20')).toHaveLength(1)
  })

  it('moves nothing while a light does not go off', async () => {
    await open({ fail: 'red off', well: 1, times: 3 })
    const { failure, notRestored } = await runPlan(microscope.devices, twoChannels, { retries: 1 })
    expect(failure).toMatchObject({ message: 'red: It is stuck' })
    expect(notRestored).toEqual([])
    expect(await log('xy', 'z')).toEqual(['xy to 1,2', 'z to 3', 'z to 0', 'xy to 0,0'])
  })

  it('takes a stage that stops short for a failure', async () => {
    await open({ short: 'xy to 40,0' })
    const { failure, frames } = await runPlan(microscope.devices, { stage_positions: [{ x: 40, y: 0 }] })
    expect(failure).toMatchObject({
      code: 'DEVICE_FAILED',
      message: 'xy stands at x = 20 µm, and not at 40 µm',
    })
    expect(frames).toEqual([])
  })

  it('takes a stage that somebody else stops for a failure', async () => {
    await open({ endless: 'xy to 1,2' })
    const running = runPlan(microscope.devices, twoChannels)
    await eventually('the move', async () => (await log('xy').catch(() => [])).length > 0)
    await microscope.devices.stopStage('xy')
    const { failure, frames } = await running
    expect(failure).toMatchObject({ message: 'xy was moved or stopped by somebody else on its way' })
    expect(frames).toEqual([])
  })

  it('takes an image where the focus was, when autofocus has moved it and found nothing', async () => {
    await open({ autofocus: true, fail: 'autofocus found' })
    const plan = { stage_positions: [{ x: 1, y: 1, z: 5 }], autofocus_plan: { axes: 'p' } }
    const { failure, notRestored } = await runPlan(microscope.devices, plan)
    expect(failure).toMatchObject({ message: 'autofocus: It is stuck' })
    expect(notRestored).toEqual([])
    const searches = Array.from({ length: 4 }, () => 'autofocus found: failed')
    expect(await log('xy', 'z', 'autofocus')).toEqual([
      ...['xy to 1,1', 'z to 5', ...searches, 'z to 5'],
      ...['z to 0', 'xy to 0,0'],
    ])
  })

  it.each([
    ['does not go', { fail: 'z to 0' }, 'z: It is stuck'],
    ['does not tell where it is', { blindAfter: 'camera stop' }, 'The encoder does not answer'],
  ])('leaves x and y where they are when the focus %s', async (_what, options, message) => {
    await open(options)
    const { failure, notRestored } = await runPlan(microscope.devices, {
      stage_positions: [{ x: 1, y: 2, z: 5 }],
    })
    expect(failure).toBeUndefined()
    expect(notRestored.map((error) => error.message)).toEqual([
      expect.stringContaining(message),
      expect.stringContaining('The stage was not brought back to x = 0 µm, y = 0 µm'),
    ])
    expect((await log('xy')).at(-1)).toBe('xy to 1,2')
  })
})
