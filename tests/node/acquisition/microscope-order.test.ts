import { describe, expect, it } from 'vitest'
import { loggedMicroscope } from '../../fixtures/logged-microscope.ts'
import { type PlanFrame, runPlan } from '../../fixtures/plan-run.ts'

/** The trigger whose frame it is, counted from 1. */
const triggerOf = ({ pixels }: PlanFrame): number => (pixels[0] ?? 0) & 0xff

/** What is done with the microscope in a plan, in its order. */
describe('MicroscopeHardware', () => {
  const microscope = loggedMicroscope()
  const { open, log } = microscope

  const twoChannels = {
    channels: [{ config: 'red', exposure: 20 }, 'blue'],
    stage_positions: [{ x: 1, y: 2, z: 3 }],
  }

  it('sets up in the dark, exposes in the light, and brings everything back', async () => {
    await open()
    const { failure, notRestored, frames } = await runPlan(microscope.devices, twoChannels)
    expect(failure).toBeUndefined()
    expect(notRestored).toEqual([])
    expect(frames).toHaveLength(2)
    const exposure = ['on', 'off']
    expect(await log('red')).toEqual(['off', ...exposure, 'off'].map((state) => `red ${state}`))
    // It was on before.
    expect(await log('blue')).toEqual(['off', ...exposure, 'off', 'on'].map((state) => `blue ${state}`))
    expect(await log('camera')).toEqual([
      'camera triggerMode software',
      'camera start',
      'camera exposureMs 20',
      'camera trigger',
      'camera exposureMs 10',
      'camera trigger',
      'camera stop',
      'camera triggerMode continuous',
      'camera exposureMs 10',
    ])
    expect(await log('wheel')).toEqual(['wheel red', 'wheel blue', 'wheel none'])
    const all = await log()
    const red = all.slice(all.indexOf('red on'), all.indexOf('red on') + 3)
    expect(red).toEqual(['red on', 'camera trigger', 'red off'])
    const restored = all.slice(all.lastIndexOf('red off'))
    expect(restored.slice(0, 6)).toEqual([
      'red off',
      'blue off',
      'camera stop',
      'camera triggerMode continuous',
      'z to 0',
      'xy to 0,0',
    ])
    expect(restored.slice(6).toSorted()).toEqual(['blue on', 'camera exposureMs 10', 'wheel none'])
    expect(restored.at(-1)).toBe('blue on')
  })

  it('opens and closes the shutter where there is one, and leaves the lamps lit behind it', async () => {
    await open({ shutter: true })
    const { failure } = await runPlan(microscope.devices, twoChannels)
    expect(failure).toBeUndefined()
    const states = ['closed', 'open', 'closed', 'open', 'closed', 'closed', 'open']
    expect(await log('shutter')).toEqual(states.map((state) => `shutter ${state}`))
    expect(await log('red')).toEqual(['red on', 'red off', 'red off'])
    expect(await log('blue')).toEqual(['blue off', 'blue on', 'blue on'])
  })

  it('leaves the light on between images where the plan keeps the shutter open', async () => {
    await open()
    await runPlan(microscope.devices, {
      channels: ['red'],
      z_plan: { range: 2, step: 1 },
      keep_shutter_open_across: 'z',
    })
    expect((await log('red')).filter((line) => line === 'red on')).toHaveLength(1)
  })

  it.each([
    ['up', ['xy to 1,1', 'z to 5', 'z to -5', 'xy to 2,2', 'xy to 0,0', 'z to 0']],
    ['down', ['z to 5', 'xy to 1,1', 'xy to 2,2', 'z to -5', 'z to 0', 'xy to 0,0']],
  ] as const)(
    'where %s is towards the specimen, moves the focus there last',
    async (focusTowardsSpecimen, moves) => {
      await open({ focusTowardsSpecimen })
      const { failure } = await runPlan(microscope.devices, {
        stage_positions: [
          { x: 1, y: 1, z: 5 },
          { x: 2, y: 2, z: -5 },
        ],
      })
      expect(failure).toBeUndefined()
      expect(await log('xy', 'z')).toEqual(moves)
    },
  )

  it('does not bring the focus nearer while the stage is not back, and goes on with the rest', async () => {
    await open({ fail: 'xy to 0,0' })
    const { failure, notRestored } = await runPlan(microscope.devices, {
      channels: ['red'],
      stage_positions: [{ x: 1, y: 1, z: -5 }],
    })
    expect(failure).toBeUndefined()
    expect(notRestored.map(({ message }) => message)).toEqual([
      'xy: It is stuck',
      'The focus was not brought back to z = 0 µm',
    ])
    const all = await log()
    const after = all.slice(all.indexOf('xy to 0,0: failed') + 1)
    expect(after.toSorted()).toEqual(['blue on', 'camera exposureMs 10', 'wheel none'])
  })

  it.each([
    ['a stage', 'z to 3', 'z: It is stuck'],
    ['a light', 'blue on', 'blue: It is stuck'],
    ['a filter', 'wheel blue', 'wheel: It is stuck'],
    ['a camera', 'camera trigger', 'camera: It is stuck'],
    ['a camera’s exposure', 'camera exposureMs 20', 'camera: It is stuck'],
  ])('fails with %s, and leaves the microscope dark', async (_what, fail, message) => {
    await open({ fail })
    const { failure } = await runPlan(microscope.devices, twoChannels)
    expect(failure).toMatchObject({ code: 'DEVICE_FAILED', message })
    for (const light of ['red', 'blue']) expect((await log(light)).at(-1)).toBe(`${light} off`)
    expect((await log('xy')).at(-1)).toBe('xy to 0,0')
    expect(await log('camera')).toContain('camera triggerMode continuous')
  })

  it('leaves lamps off that were lit behind a shutter when it has failed', async () => {
    await open({ shutter: true, fail: 'camera trigger' })
    await runPlan(microscope.devices, twoChannels)
    const all = await log()
    for (const [device, state] of Object.entries({ red: 'off', blue: 'off', shutter: 'closed' }))
      expect(all.findLast((line) => line.startsWith(`${device} `))).toBe(`${device} ${state}`)
  })

  it('tells of a light that does not go off', async () => {
    await open({ fail: 'red off' })
    const { failure, notRestored } = await runPlan(microscope.devices, twoChannels)
    expect(failure).toMatchObject({ message: 'red: It is stuck' })
    expect(notRestored.map(({ message }) => message)).toEqual(['red: It is stuck'])
  })

  it('sets everything anew after a failure', async () => {
    await open({ fail: 'z to 3', times: 1 })
    const { failure, frames } = await runPlan(microscope.devices, twoChannels, { retries: 1 })
    expect(failure).toBeUndefined()
    expect(frames).toHaveLength(2)
    expect(await log('xy', 'z', 'wheel')).toEqual([
      ...['wheel red', 'xy to 1,2', 'z to 3: failed'],
      ...['wheel red', 'xy to 1,2', 'z to 3'],
      ...['wheel blue', 'z to 0', 'xy to 0,0', 'wheel none'],
    ])
  })

  it('refuses a frame that is not whole', async () => {
    await open({ incompleteFrame: 2 })
    const { failure, frames } = await runPlan(microscope.devices, twoChannels)
    expect(failure).toMatchObject({
      code: 'DEVICE_FAILED',
      message: 'camera delivered frame 1 with pixels missing',
    })
    expect(frames).toHaveLength(1)
  })

  it('does not take a frame that comes late for the next image', async () => {
    await open({ lateTrigger: 2 })
    const { failure, frames } = await runPlan(microscope.devices, twoChannels, { retries: 1 })
    expect(failure).toBeUndefined()
    expect(frames.map(triggerOf)).toEqual([1, 3])
    expect((await log('camera')).filter((line) => line === 'camera start')).toHaveLength(2)
  })

  it('keeps nothing of a triggered stack in which the camera has missed a plane', async () => {
    await open({ triggeredStack: true, deafTrigger: 2 })
    const stack = { channels: ['red'], z_plan: { range: 2, step: 1 } }
    const { failure, frames, batches } = await runPlan(microscope.devices, stack, { retries: 1 })
    expect(failure).toBeUndefined()
    expect(batches).toEqual([3])
    expect(frames.map((frame) => [frame.event.zUm, triggerOf(frame)])).toEqual([
      [-1, 4],
      [0, 5],
      [1, 6],
    ])
  })

  it.each([2, 3])(
    'keeps nothing of a triggered stack in which the camera has exposed plane %i twice',
    async (doubleTrigger) => {
      await open({ triggeredStack: true, doubleTrigger })
      const stack = { channels: ['red'], z_plan: { range: 2, step: 1 } }
      const messages: string[] = []
      const { failure, frames } = await runPlan(microscope.devices, stack, {
        retries: 1,
        failed: (error) => void messages.push(String(error)),
      })
      expect(failure).toBeUndefined()
      expect(messages).toEqual([
        expect.stringContaining('camera delivered more than the 3 frames that were triggered'),
      ])
      expect(frames.map((frame) => [frame.event.zUm, triggerOf(frame)])).toEqual([
        [-1, 4],
        [0, 5],
        [1, 6],
      ])
    },
  )

  it('takes a frame that nobody has triggered for a failure, and not for the next image', async () => {
    await open({ doubleTrigger: 1 })
    const { failure, frames } = await runPlan(microscope.devices, twoChannels)
    expect(failure).toMatchObject({
      code: 'DEVICE_FAILED',
      message: 'camera delivered a frame that nobody had triggered',
    })
    expect(frames.map(triggerOf)).toEqual([1])
    await microscope.close()
    await open({ doubleTrigger: 1 })
    const again = await runPlan(microscope.devices, twoChannels, { retries: 1 })
    expect(again.failure).toBeUndefined()
    expect(again.frames.map(triggerOf)).toEqual([1, 2])
  })

  it('takes the image under way when it is stopped, and no other', async () => {
    await open()
    const stop = new AbortController()
    const begun = () => stop.abort(new Error('stopped'))
    const { failure, frames } = await runPlan(microscope.devices, twoChannels, { signal: stop.signal, begun })
    expect(failure).toMatchObject({ message: 'stopped' })
    expect(frames.map(triggerOf)).toEqual([1])
    expect((await log('camera')).filter((line) => line === 'camera trigger')).toHaveLength(1)
    expect(await log('wheel')).toEqual(['wheel red', 'wheel none'])
  })

  it('ends at once when the camera is lost, and goes on with it when it is back', async () => {
    await open({ lostAtTrigger: 1 })
    const { failure } = await runPlan(microscope.devices, twoChannels)
    // And not DEVICE_TIMEOUT, after a frame has been waited for in vain.
    expect(failure).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: 'camera was lost: The cable is out',
    })
    expect(await log('blue', 'red')).toContain('red off')
    await microscope.close()
    await open({ lostAtTrigger: 2 })
    const again = await runPlan(microscope.devices, twoChannels, { retries: 1 })
    expect(again.failure).toBeUndefined()
    expect(again.frames.map(({ event }) => event.channel?.config)).toEqual(['red', 'blue'])
    expect((await log('camera')).filter((line) => line.endsWith('software'))).toHaveLength(2)
    // Its light was lost with it: it is turned off, and on again.
    const all = await log()
    const lit = all.filter((line) => line.startsWith('blue ') || line === 'camera trigger')
    const last = lit.lastIndexOf('camera trigger')
    expect(lit.slice(last - 3, last)).toEqual(['camera trigger', 'blue off', 'blue on'])
  })

  it('knows of what is not there before anything is touched', async () => {
    await open()
    const refused = async (plan: unknown, detectorNames?: string[]) =>
      (await runPlan(microscope.devices, plan, detectorNames === undefined ? {} : { detectorNames })).failure
    expect(await refused({ channels: ['red', 'green'] })).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('channels[1]: There is no channel Channel/green'),
    })
    expect(await refused({ channels: [{ config: 'red', camera: 'webcam' }] })).toMatchObject({
      message: expect.stringContaining('channels[0]: There is no camera "webcam"'),
    })
    expect(await refused({ channels: ['red'] }, ['webcam'])).toMatchObject({
      message: expect.stringContaining('There is no camera "webcam"'),
    })
    expect(
      await refused({ stage_positions: [{ x: 0, properties: [['wheel', 'position', 'green']] }] }),
    ).toMatchObject({
      message: expect.stringContaining('stage_positions[0].properties[0]: position cannot be'),
    })
    expect(
      await refused({ stage_positions: [{ x: 0, properties: [['camera', 'exposureMs', 33]] }] }),
    ).toMatchObject({
      message: expect.stringContaining(
        'stage_positions[0].properties[0]: exposureMs of camera is set anew for every image',
      ),
    })
    expect(
      await refused({ channels: ['red'], autofocus_plan: { axes: 'c', autofocus_device_name: 'PFS' } }),
    ).toMatchObject({
      message: expect.stringContaining('autofocus_plan: There is no autofocus device'),
    })
    // No light has gone off either.
    await microscope.devices.setProperty('wheel', 'position', 'none')
    expect(await log()).toEqual(['wheel none'])
  })
})
