import { describe, expect, it } from 'vitest'
import { loggedMicroscope } from '../../fixtures/logged-microscope.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { runPlan } from '../../fixtures/plan-run.ts'

/** A stack that the focus drive steps through by itself, and that is cancelled in the middle. */
describe('MicroscopeHardware, stopped in a triggered stack', () => {
  const microscope = loggedMicroscope()
  const { open, log } = microscope

  const cancelledAt = async (line: string, more: Parameters<typeof open>[0] = {}) => {
    await open({ triggeredStack: true, endless: line, ...more })
    const cancel = new AbortController()
    const reason = new Error('cancelled')
    const running = runPlan(
      microscope.devices,
      { channels: ['red'], z_plan: { range: 3, step: 1 } },
      { signal: cancel.signal },
    )
    await eventually(`${line} was begun`, async () => (await log().catch((): string[] => [])).includes(line))
    cancel.abort(reason)
    const { failure, frames, notRestored } = await running
    expect(failure).toBe(reason)
    expect(notRestored).toEqual([])
    expect((await log('red')).at(-1)).toBe('red off')
    expect((await log('z')).at(-1)).toBe('z to 0')
    return frames.map(({ event }) => event.zUm)
  }

  it('keeps every plane that was exposed until then', async () => {
    expect(await cancelledAt('z to 0.5')).toEqual([-1.5, -0.5])
    await microscope.close()
    expect(await cancelledAt('z to -1.5')).toEqual([])
  })

  it('keeps them where the drive takes its time to halt', async () => {
    expect(await cancelledAt('z to 0.5', { haltsAfterMs: 1500 })).toEqual([-1.5, -0.5])
  })

  it('keeps none where the camera has missed a plane, as nobody can tell which', async () => {
    expect(await cancelledAt('z to 1.5', { deafTrigger: 2 })).toEqual([])
  })

  it('keeps none where the camera has exposed a plane twice', async () => {
    expect(await cancelledAt('z to 1.5', { doubleTrigger: 2 })).toEqual([])
  })

  it('keeps none where a filter was changed meanwhile', async () => {
    expect(await cancelledAt('z to 1.5', { slipAtTrigger: 2 })).toEqual([])
  })
})
