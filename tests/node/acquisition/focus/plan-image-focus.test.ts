import { describe, expect, it } from 'vitest'
import { CameraChoice } from '../../../../src-main/acquisition/plans/camera-choice.ts'
import { PlanImages } from '../../../../src-main/acquisition/plans/plan-images.ts'
import { readPlan } from '../../../../src-shared/plan/read-plan.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { loggedMicroscope } from '../../../fixtures/logged-microscope.ts'
import { runPlan } from '../../../fixtures/plan-run.ts'

/** A plan's autofocus on a microscope without an autofocus device. */
describe('Autofocus by the image in a plan', () => {
  const microscope = loggedMicroscope()
  const { open, log } = microscope
  const plan = {
    channels: ['blue', 'red'],
    stage_positions: [{ z: 2 }],
    autofocus_plan: { axes: 'p' },
    metadata: { image_autofocus: { range: 24, step: 2 } },
  }
  /** What is done from the first trigger to the first image that is kept, in its order. */
  const steps = async () =>
    (await log('blue', 'red', 'camera', 'z')).filter((line) => !line.includes('exposureMs'))

  it('exposes in the light of the next image, in the dark otherwise, and takes the images where it found the focus', async () => {
    await open({ focusUm: 5.5 })
    const planes: number[] = []
    const { frames, failure, notRestored } = await runPlan(microscope.devices, plan, {
      exposed: async ({ event }) => {
        const { z } = await microscope.devices.readPosition('z')
        if (z !== undefined && event.action.type === 'acquireImage') planes.push(z)
      },
    })
    expect(failure).toBeUndefined()
    expect(notRestored).toEqual([])
    // Its own images are kept nowhere.
    expect(frames.map(({ event }) => event.channel?.config)).toEqual(['blue', 'red'])
    expect(planes).toHaveLength(2)
    for (const z of planes) expect(Math.abs(z - 5.5)).toBeLessThan(0.1)
    const all = await steps()
    const searched = all.slice(all.indexOf('z to -10'), all.lastIndexOf('camera trigger') + 1)
    for (const [i, line] of searched.entries()) {
      if (line === 'camera trigger') expect(searched[i - 1]).toMatch(/ on$/)
      if (line.startsWith('z to') && i > 0) expect(searched[i - 1]).not.toMatch(/ on$/)
      if (line.endsWith(' on')) expect(searched[i + 1]).toBe('camera trigger')
    }
    expect(searched.filter((line) => line === 'red on')).toHaveLength(1)
    expect(searched.filter((line) => line === 'blue on').length).toBeGreaterThan(20)
    expect((await microscope.devices.readPosition('z')).z).toBe(0)
  })

  it('takes the channel, exposure and offset that the plan names, and stacks around what it found', async () => {
    await open({ focusUm: 5 })
    const { frames, failure } = await runPlan(microscope.devices, {
      ...plan,
      channels: [{ config: 'blue', exposure: 20 }],
      z_plan: { range: 2, step: 1 },
      autofocus_plan: { axes: 'p', autofocus_device_name: 'image', autofocus_motor_offset: 0.5 },
      metadata: { image_autofocus: { range: 24, channel: 'red', exposure: 3 } },
    })
    expect(failure).toBeUndefined()
    expect(frames).toHaveLength(3)
    const exposures = (await log('camera')).filter((line) => line.startsWith('camera exposureMs'))
    expect(exposures).toEqual(['camera exposureMs 3', 'camera exposureMs 20', 'camera exposureMs 10'])
    const lit = (await log('red', 'blue')).filter((line) => line.endsWith(' on'))
    expect(lit.slice(-4, -1)).toEqual(['blue on', 'blue on', 'blue on'])
    expect(lit.filter((line) => line === 'red on').length).toBeGreaterThan(20)
    const planes = (await log('z')).slice(-4, -1).map((line) => Number(line.slice('z to '.length)))
    for (const [i, z] of planes.entries()) expect(Math.abs(z - (4.5 + i))).toBeLessThan(0.1)
  })

  it('puts z back and is dark where no focus is found', async () => {
    await open({ focusUm: 60 })
    const { frames, failure } = await runPlan(microscope.devices, plan)
    expect(failure).toMatchObject({ code: 'NO_FOCUS' })
    expect(frames).toEqual([])
    expect((await log('z')).slice(-2)).toEqual(['z to 2', 'z to 0'])
    expect((await log('blue')).at(-1)).toBe('blue off')
  })

  it('does not answer somebody who stops the stage by going back before the plan has ended', async () => {
    await open({ focusUm: 5, endless: 'z to 4' })
    const running = runPlan(microscope.devices, plan)
    await eventually('the move that does not end', async () =>
      (await log('z').catch((): string[] => [])).includes('z to 4'),
    )
    await microscope.devices.stopStage('z')
    expect(await running).toMatchObject({
      failure: { message: expect.stringMatching(/stopped by somebody/) },
    })
    expect((await log('z')).slice(-2)).toEqual(['z to 4', 'z to 0'])
  })

  it('does not go on from where somebody has moved the stage between two planes', async () => {
    await open({ focusUm: 5 })
    const { devices } = microscope
    let moved: Promise<unknown> | undefined
    const end = devices.on((event) => {
      if (event.type === 'stageMoved' && event.position.z === 4)
        moved ??= devices.moveStage('z', { z: 42 }, 'absolute')
    })
    const { failure } = await runPlan(devices, plan)
    end()
    await moved
    expect(failure).toMatchObject({ message: expect.stringMatching(/moved or stopped by somebody else/) })
    expect((await log('z')).slice(-2)).toEqual(['z to 42', 'z to 0'])
  })

  it('goes as far as the drive goes, and counts its images wherever that is', async () => {
    await open({ focusUm: 1015, focusTravel: { min: 1000, max: 5000 } })
    const { devices } = microscope
    const far = {
      ...plan,
      stage_positions: [{ z: 1010 }],
      metadata: { image_autofocus: { range: 24, step: 1 } },
    }
    const { failure, frames } = await runPlan(devices, far)
    expect(failure).toBeUndefined()
    expect(frames).toHaveLength(2)
    const { sequence } = readPlan(far)
    const images = new PlanImages({ devices, sequence, cameras: new CameraChoice(devices, []) })
    const action = {
      type: 'hardwareAutofocus',
      deviceName: undefined,
      motorOffset: undefined,
      maxRetries: 3,
    } as const
    expect(images.ofFocus({ action })).toBe(25 + 19)
  })

  it('exposes as the channel is exposed, also one of a position alone', async () => {
    await open({ focusUm: 5 })
    const { failure } = await runPlan(microscope.devices, {
      ...plan,
      channels: [{ config: 'blue', exposure: 20 }],
      stage_positions: [{ z: 2 }, { z: 3, sequence: { channels: [{ config: 'red', exposure: 7 }] } }],
      metadata: { image_autofocus: { range: 24, step: 2, channel: 'red' } },
    })
    expect(failure).toBeUndefined()
    const exposures = (await log('camera')).filter((line) => line.startsWith('camera exposureMs'))
    expect(exposures[0]).toBe('camera exposureMs 7')
  })

  it('ends at once when the plan is cancelled', async () => {
    await open({ focusUm: 5 })
    const stop = new AbortController()
    const { devices } = microscope
    const end = devices.on((event) => {
      if (event.type === 'stageMoved' && event.position.z === -4) stop.abort(new Error('cancelled'))
    })
    const { failure, frames } = await runPlan(devices, plan, { signal: stop.signal })
    end()
    expect(failure).toMatchObject({ message: 'cancelled' })
    expect(frames).toEqual([])
    expect((await devices.readPosition('z')).z).toBe(0)
    expect(Math.max(...(await log('z')).map((line) => Number(line.slice('z to '.length))))).toBeLessThan(5)
  })

  it.each([
    [{ image_autofocus: { range: -1 } }, /: metadata\.image_autofocus\.range: must be more than 0/],
    [{ image_autofocus: { range: 1000, step: 0.1 } }, /would take too long/],
    [
      { image_autofocus: { channel: 'green' } },
      /image_autofocus\.channel: There is no channel Channel\/green/,
    ],
    [{ image_autofocus: { camera: 'other' } }, /There is no camera "other"/],
    [{ image_autofocus: { exposure: 1e9 } }, /: metadata\.image_autofocus\.exposure: camera: /],
  ])('refuses %j', async (metadata, message) => {
    await open({ focusUm: 5 })
    const { failure } = await runPlan(microscope.devices, { ...plan, metadata })
    expect(failure).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(message) })
    expect(await log('z').catch(() => [])).toEqual([])
  })

  it('leaves it to the autofocus device where there is one, unless the plan says otherwise', async () => {
    await open({ focusUm: 5, autofocus: true })
    await runPlan(microscope.devices, { ...plan, metadata: { image_autofocus: { range: -1 } } })
    expect(await log('autofocus')).toEqual(['autofocus found'])
    await microscope.close()
    await open({ focusUm: 5, autofocus: true })
    const { failure } = await runPlan(microscope.devices, {
      ...plan,
      autofocus_plan: { axes: 'p', autofocus_device_name: 'image' },
    })
    expect(failure).toBeUndefined()
    expect(await log('autofocus')).toEqual([])
  })
})
