import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { demoDriverConnection } from '../../fixtures/demo-registry.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { loggedMicroscope } from '../../fixtures/logged-microscope.ts'
import { runPlan } from '../../fixtures/plan-run.ts'

/** What a device is asked for that does not answer ends with the plan, long before its own time limit (a minute here). */
describe('MicroscopeHardware, with a device that hangs', () => {
  const microscope = loggedMicroscope()
  const { open, log } = microscope
  /** What was begun; nothing before the first line. */
  const begun = () => log().catch((): string[] => [])
  const isDark = async () => {
    for (const light of ['red', 'blue']) expect((await log(light)).at(-1)).toBe(`${light} off`)
  }

  it('does not wait for an overdue frame once the plan is cancelled, and keeps those before', async () => {
    await open({ deafTrigger: 2 })
    const cancel = new AbortController()
    const reason = new Error('cancelled')
    const { failure, frames, notRestored } = await runPlan(
      microscope.devices,
      { channels: ['red'], z_plan: { range: 2, step: 1 } },
      {
        signal: cancel.signal,
        begun: ({ index }) => {
          if (index.z === 1) cancel.abort(reason)
        },
      },
    )
    // Had it been waited for, it would have been the camera's fault.
    expect(failure).toBe(reason)
    expect(frames.map(({ event }) => event.index.z)).toEqual([0])
    expect(notRestored).toEqual([])
    const all = await log()
    expect(all.slice(all.lastIndexOf('camera trigger') + 1)).toEqual(
      expect.arrayContaining(['red off', 'camera stop', 'z to 0', 'wheel none']),
    )
    expect(all.indexOf('z to 0', all.lastIndexOf('camera trigger'))).toBeGreaterThan(
      all.lastIndexOf('red on'),
    )
  })

  it('still takes the image under way that comes in time', async () => {
    await open()
    const cancel = new AbortController()
    const { frames } = await runPlan(
      microscope.devices,
      { channels: ['red'], z_plan: { range: 2, step: 1 } },
      { signal: cancel.signal, begun: () => cancel.abort() },
    )
    expect(frames.map(({ event }) => event.index.z)).toEqual([0])
  })

  const plan = {
    channels: [{ config: 'red', exposure: 20 }, 'blue'],
    stage_positions: [{ x: 1, y: 2, z: 3 }],
  }
  const cancelledAt = async (hang: string, more: Parameters<typeof open>[0] = {}, file: unknown = plan) => {
    await open({ hang, ...more })
    let wasGivenUp = false
    microscope.devices.on((event) => {
      if (event.type === 'deviceChanged' && event.device.status.state !== 'ready') wasGivenUp = true
    })
    const cancel = new AbortController()
    const reason = new Error('cancelled')
    const running = runPlan(microscope.devices, file, { signal: cancel.signal })
    await eventually(`${hang} was begun`, async () => (await begun()).includes(hang))
    cancel.abort(reason)
    const ended = await running
    return { reason, wasGivenUp, ...ended }
  }

  it('does not wait for a light that hangs while it is opened, and turns it off', async () => {
    const { failure, reason, wasGivenUp } = await cancelledAt('red on')
    expect(failure).toBe(reason)
    // That is when it would have been waited for.
    expect(wasGivenUp).toBe(false)
    await eventually('darkness', async () => (await log('red')).at(-1) === 'red off')
    expect(await log()).not.toContain('camera trigger')
  })

  it('turns a light off that goes on after it was turned off', async () => {
    await open({ slow: { line: 'red on', ms: 4000 } })
    const { devices } = microscope
    const isLit = () => devices.device('red').properties.some(({ value }) => value === true)
    let wasLit = false
    devices.on(() => {
      wasLit ||= isLit()
    })
    const cancel = new AbortController()
    const running = runPlan(devices, plan, { signal: cancel.signal })
    await eventually('the light is being turned on', async () => (await begun()).includes('red on'))
    cancel.abort(new Error('cancelled'))
    await running
    await eventually('the light went on', () => wasLit)
    await eventually('darkness', () => !isLit())
  })

  it('does not wait for a driver whose thread hangs, names what is not confirmed, and has it safe once that goes on', async () => {
    const until = join(tmpdir(), `coverslip-stall-${randomUUID()}`)
    onTestFinished(() => rm(until, { force: true }))
    await open({ stall: { line: 'red on', until } })
    const cancel = new AbortController()
    const reason = new Error('cancelled')
    const running = runPlan(microscope.devices, plan, { signal: cancel.signal })
    await eventually('the thread stands still', async () => (await begun()).includes('red on'))
    cancel.abort(reason)
    const { failure, notRestored } = await running
    expect(failure).toBe(reason)
    const messages = notRestored.map(({ message }) => message).join('\n')
    for (const unconfirmed of [
      'red does not answer, and has not confirmed that its light is off',
      'camera does not answer, and has not confirmed that it has stopped',
      'wheel does not answer, and has not confirmed position = none',
      'The stage was not brought back to x = 0 µm, y = 0 µm, z = 0 µm',
    ])
      expect(messages).toContain(unconfirmed)
    expect(await log()).not.toContain('camera stop')
    await writeFile(until, '')
    for (const line of ['red off', 'camera stop', 'wheel none', 'camera triggerMode continuous'])
      await eventually(line, async () => {
        const lines = await log()
        return lines.lastIndexOf(line) > lines.indexOf('red on')
      })
    expect((await log('red')).at(-1)).toBe('red off')
    expect(await log('xy', 'z')).toEqual(['xy to 1,2', 'z to 3'])
  })

  it('leaves a stage alone that does not halt, and what could hit the specimen', async () => {
    const { failure, reason, notRestored } = await cancelledAt('z to 3')
    expect(failure).toBe(reason)
    expect(notRestored.map(({ message }) => message)).toEqual([
      'z did not halt when it was told to, and was left alone',
      'The stage was not brought back to x = 0 µm, y = 0 µm, z = 0 µm',
    ])
    expect(await log('xy', 'z')).toEqual(['xy to 1,2', 'z to 3'])
    // The light of before the plan is on again.
    expect((await log('blue')).at(-1)).toBe('blue on')
  })

  it('waits for a stage that takes its time to halt, and brings it back', async () => {
    const slow = { hang: 'nothing', endless: 'z to 3', haltsAfterMs: 1500 }
    const { failure, reason, notRestored } = await cancelledAt('z to 3', slow)
    expect(failure).toBe(reason)
    expect(notRestored).toEqual([])
    expect(await log('xy', 'z')).toEqual(['xy to 1,2', 'z to 3', 'z to 0', 'xy to 0,0'])
  })

  it('does not wait for a filter wheel, and sets nothing more of what the plan would', async () => {
    const { failure, reason, notRestored } = await cancelledAt('wheel red')
    expect(failure).toBe(reason)
    expect(notRestored).toEqual([])
    expect((await log('wheel')).at(-1)).toBe('wheel none')
    expect(await log()).not.toContain('camera trigger')
  })

  it('does not wait for a camera’s setting', async () => {
    const { failure, reason } = await cancelledAt('camera exposureMs 20')
    expect(failure).toBe(reason)
    expect(await log()).not.toContain('red on')
  })

  it('does not wait for an autofocus device, and leaves z where that has left it', async () => {
    const file = {
      autofocus_plan: { axes: 'p' },
      channels: ['red'],
      stage_positions: [{ x: 1, y: 2, z: 3 }],
    }
    const { notRestored } = await cancelledAt('autofocus found', { autofocus: true }, file)
    expect(notRestored[0]?.message).toBe('z did not halt when it was told to, and was left alone')
    expect((await log('z')).at(-1)).toBe('z to 3')
  })

  it('opens no light any more when a pause that hangs is cancelled', async () => {
    await open({ hang: 'wheel none' })
    const cancel = new AbortController()
    const { failure } = await runPlan(microscope.devices, plan, {
      signal: cancel.signal,
      settled: async (hardware) => {
        const pausing = hardware.pause(cancel.signal)
        await eventually('the wheel hangs', async () => (await begun()).includes('wheel none'))
        cancel.abort(new Error('cancelled'))
        await expect(pausing).rejects.toThrow('cancelled')
        await isDark()
      },
    })
    expect(failure).toMatchObject({ message: 'cancelled' })
  })

  it('turns a light off once its driver, which hung in that, was opened again', async () => {
    // At the end of the plan; twice it went well.
    await microscope.openImpatiently(1500, { hang: 'red off', well: 2 })
    const { failure, notRestored } = await runPlan(microscope.devices, { channels: ['red'] })
    expect(failure).toBeUndefined()
    expect((await log('red')).filter((line) => line === 'red off')).toHaveLength(4)
    expect(notRestored.map(({ message }) => message)).toEqual([])
  })

  it('does without a stage that was lost where no image needs it moved', async () => {
    await microscope.openBehind(demoDriverConnection({ width: 64, height: 64 }, 'demo.'))
    const { devices } = microscope
    await devices.setProperty('demo.led-475', 'on', false)
    // It is not opened again by itself then.
    await devices.connections.abandon('demo', new CoverslipError('DRIVER_NOT_ALLOWED', 'Not any more'))
    expect(devices.device('demo.stage').status.state).toBe('error')
    const { failure, frames } = await runPlan(
      devices,
      { time_plan: { interval: 0.5, loops: 2 } },
      { detectorNames: ['camera'] },
    )
    expect(failure).toBeUndefined()
    expect(frames).toHaveLength(2)
  })
})
