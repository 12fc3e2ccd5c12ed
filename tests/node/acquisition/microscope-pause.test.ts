import { describe, expect, it } from 'vitest'
import { loggedMicroscope } from '../../fixtures/logged-microscope.ts'
import { runPlan } from '../../fixtures/plan-run.ts'

/** What a pause does with the microscope. */
describe('MicroscopeHardware', () => {
  const microscope = loggedMicroscope()
  const { open, log } = microscope
  const device = (id: string) => microscope.devices.device(id)
  const value = (id: string, name: string) =>
    device(id).properties.find((property) => property.name === name)?.value

  it('has cameras run free, and light and filter as they were, while the plan pauses, and all as planned afterwards', async () => {
    await open()
    let paused = 0
    const seen: unknown[] = []
    const { failure, frames } = await runPlan(
      microscope.devices,
      { channels: ['red'], stage_positions: [{ x: 1 }, { x: 2 }], keep_shutter_open_across: 'p' },
      {
        settled: async (hardware) => {
          if (++paused !== 2) return
          await hardware.pause(new AbortController().signal)
          seen.push(value('camera', 'triggerMode'), value('red', 'on'), value('blue', 'on'))
          seen.push(value('wheel', 'position'))
        },
      },
    )
    expect(failure).toBeUndefined()
    expect(frames).toHaveLength(2)
    expect(seen).toEqual(['continuous', false, true, 'none'])
    const all = await log('red', 'blue', 'camera', 'xy')
    expect(await log('wheel')).toEqual(['red', 'none', 'red', 'none'].map((name) => `wheel ${name}`))
    const second = all.slice(all.indexOf('xy to 2'))
    // Set up anew after the pause, as somebody may have moved the stage by hand.
    expect(second.filter((line) => line === 'xy to 2')).toHaveLength(2)
    const triggered = second.slice(0, second.lastIndexOf('camera trigger'))
    expect(triggered.filter((line) => line.startsWith('camera triggerMode'))).toEqual([
      'camera triggerMode continuous',
      'camera triggerMode software',
    ])
    expect(triggered.findLast((line) => line.startsWith('blue '))).toBe('blue off')
    expect(triggered.at(-1)).toBe('red on')
  })
})
