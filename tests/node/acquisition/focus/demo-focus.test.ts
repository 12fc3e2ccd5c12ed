import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcquisitionTurn } from '../../../../src-main/acquisition/acquisition-turn.ts'
import { FocusScores } from '../../../../src-main/acquisition/focus/focus-scores.ts'
import { ImageFocus } from '../../../../src-main/acquisition/focus/image-focus.ts'
import type { DeviceRegistry } from '../../../../src-main/devices/device-registry.ts'
import { focusSurfaceUm } from '../../../../drivers/simulated-microscope/optics.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { FocusScore } from '../../../../src-shared/focus.ts'
import { demoDriverConnection, openRegistry } from '../../../fixtures/demo-registry.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { runPlan } from '../../../fixtures/plan-run.ts'

describe('Focus by the image on the simulated microscope', () => {
  let devices: DeviceRegistry
  let focus: ImageFocus
  const place = { x: 700, y: -400 }
  const surfaceUm = focusSurfaceUm(place.x, place.y)
  beforeAll(async () => {
    devices = await openRegistry(demoDriverConnection({ width: 512, height: 512 }))
    focus = new ImageFocus({ devices, turn: new AcquisitionTurn() })
  })
  afterAll(() => devices.close())

  it.each([
    ['10x/0.45', 50, 14.3, 0.4],
    ['40x/0.95', 50, -14.3, 0.1],
    // So dim that a pixel has a few photons.
    ['40x/0.95', 2, 14.3, 0.2],
  ])('finds it with %s in %d %% of the light from %d µm off', async (objective, light, offUm, withinUm) => {
    await devices.setProperty('objective', 'position', objective)
    await devices.setProperty('led-475', 'intensity', light)
    await devices.moveStage('stage', { ...place, z: surfaceUm + offUm }, 'absolute')
    const { state, foundUm = Number.NaN } = await focus.find({})
    expect(state).toBe('found')
    expect(Math.abs(foundUm - surfaceUm)).toBeLessThan(withinUm)
  })

  it('finds none in the dark, and goes back', async () => {
    await devices.setProperty('led-475', 'on', false)
    await devices.moveStage('stage', { z: 5 }, 'absolute')
    await expect(focus.find({ rangeUm: 20, stepUm: 1 })).rejects.toMatchObject({ code: 'NO_FOCUS' })
    expect(await devices.readPosition('stage')).toMatchObject({ z: 5 })
    await devices.setProperty('led-475', 'on', true)
    await devices.setProperty('led-475', 'intensity', 50)
  })

  it('is found for all cameras of a plan by the first of them', async () => {
    const plan = {
      channels: ['GFP'],
      stage_positions: [{ ...place, z: surfaceUm + 6 }],
      autofocus_plan: { axes: 'p', autofocus_device_name: 'image' },
      metadata: { image_autofocus: { range: 31 } },
    }
    const { frames, failure } = await runPlan(devices, plan, { detectorNames: ['camera', 'overview'] })
    expect(failure).toBeUndefined()
    expect(frames.map(({ camera }) => camera).toSorted()).toEqual(['camera', 'overview'])
    for (const { info } of frames)
      expect(Math.abs((info.stage?.z ?? Number.NaN) - surfaceUm)).toBeLessThan(0.2)
  })

  it('tells all who watch how sharp the images are, while the camera runs', async () => {
    const scores = new FocusScores(devices)
    const told: (FocusScore | CoverslipError)[][] = [[], []]
    const ends = told.map((own) => scores.on('camera', (score) => own.push(score)))
    const lease = await devices.acquire('camera', { owner: 'a test' })
    const [first = [], second = []] = told
    const scoreAt = async (z: number): Promise<number> => {
      await devices.moveStage('stage', { z }, 'absolute')
      const since = Date.now()
      const fresh = await eventually('an image in that plane', () =>
        first.find((score) => !(score instanceof CoverslipError) && score.capturedAt > since + 500),
      )
      return fresh instanceof CoverslipError ? Number.NaN : fresh.score
    }
    const off = await scoreAt(surfaceUm + 8)
    expect(await scoreAt(surfaceUm)).toBeGreaterThan(3 * off)
    ends[0]?.()
    const heard = first.length
    await eventually('another score', async () => second.length > heard + 2)
    expect(first).toHaveLength(heard)
    ends[1]?.()
    await lease.release()
    expect(() => scores.on('nothing', () => undefined)).toThrow('There is no camera "nothing"')
  })
})
