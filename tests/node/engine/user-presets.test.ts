/** Presets that users keep, and what becomes of those of the hardware. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../../src-shared/contract/events.ts'
import type { NewPreset } from '../../../src-shared/devices.ts'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

let data: Awaited<ReturnType<typeof temporaryFolder>>
let engine: Engine

const dim: NewPreset = {
  group: 'Channel',
  name: 'Dim GFP',
  color: '#22aa44',
  settings: [
    { deviceId: 'led-475', property: 'on', value: true },
    { deviceId: 'led-475', property: 'intensity', value: 5 },
  ],
}
const names = () => engine.devices.presets().map(({ name }) => name)
const valueOf = (device: string, property: string) =>
  engine.devices.device(device).properties.find(({ name }) => name === property)?.value

async function open(): Promise<void> {
  engine = await createEngine({ dataFolder: data.path })
}

beforeEach(async () => {
  data = await temporaryFolder()
  await open()
})
afterEach(async () => {
  await engine.close()
  await data.remove()
})

describe('presets of users', () => {
  it('are kept over a restart, told to everybody, applied, renamed and removed', async () => {
    const told: string[][] = []
    engine.on((event: EngineEvent) => {
      if (event.type === 'presetsChanged') told.push(event.presets.map(({ name }) => name))
    })
    expect(engine.presets.save(dim, { replace: false })).toEqual({ ...dim, own: true })
    expect(told).toEqual([['BF', 'DAPI', 'GFP', 'RFP', 'Dim GFP']])
    await engine.close()
    await open()
    expect(engine.devices.presets().filter(({ own }) => own)).toEqual([{ ...dim, own: true }])
    await engine.devices.applyPreset('Channel', 'Dim GFP')
    expect(valueOf('led-475', 'intensity')).toBe(5)
    engine.presets.rename(dim, 'Faint')
    expect(names()).toEqual(['BF', 'DAPI', 'GFP', 'RFP', 'Faint'])
    engine.presets.remove({ group: 'Channel', name: 'Faint' })
    expect(names()).toEqual(['BF', 'DAPI', 'GFP', 'RFP'])
  })

  it('may name devices, which they then know by their ids', async () => {
    const { name } = engine.devices.device('led-475').description
    expect(name).not.toBe('led-475')
    const named = { ...dim, settings: dim.settings.map((setting) => ({ ...setting, deviceId: name })) }
    expect(engine.presets.save(named, { replace: false })).toEqual({ ...dim, own: true })
    await engine.close()
    const path = join(data.path, 'hardware.json')
    const kept = await readFile(path, 'utf8')
    expect(kept).not.toContain(name)
    // As somebody may write it by hand, who sees names only.
    await writeFile(path, kept.replaceAll('"led-475"', JSON.stringify(name)))
    await open()
    expect(engine.devices.presets().filter(({ own }) => own)).toEqual([{ ...dim, own: true }])
  })

  it('replace those of the hardware when told to, which come back', () => {
    const bright: NewPreset = { ...dim, name: 'GFP' }
    expect(() => engine.presets.save(bright, { replace: false })).toThrow('already')
    engine.presets.save(bright, { replace: true })
    expect(names()).toEqual(['BF', 'DAPI', 'RFP', 'GFP'])
    engine.presets.save({ ...bright, settings: dim.settings.slice(0, 1) }, { replace: true })
    expect(engine.devices.presets().at(-1)?.settings).toHaveLength(1)
    engine.presets.remove(bright)
    expect(names()).toEqual(['BF', 'DAPI', 'GFP', 'RFP'])
  })

  it('are refused with what their devices do not have or take, and under names in use', () => {
    const presetOf = (deviceId: string, property: string, value: number | boolean): NewPreset => ({
      ...dim,
      settings: [{ deviceId, property, value }],
    })
    const save = (preset: NewPreset) => () => engine.presets.save(preset, { replace: true })
    expect(save(presetOf('laser', 'on', true))).toThrow('laser')
    expect(save(presetOf('led-475', 'colour', 1))).toThrow('no property "colour"')
    expect(save(presetOf('led-475', 'intensity', 500))).toThrow('intensity')
    expect(save(presetOf('led-475', 'on', 3))).toThrow('on cannot be 3')
    engine.presets.save(dim, { replace: false })
    expect(() => engine.presets.rename(dim, 'RFP')).toThrow('already')
    expect(() => engine.presets.rename({ group: 'Channel', name: 'RFP' }, 'Red')).toThrow('with the hardware')
    expect(() => engine.presets.remove({ group: 'Channel', name: 'RFP' })).toThrow('with the hardware')
    expect(() => engine.presets.remove({ group: 'Channel', name: 'Violet' })).toThrow('no preset')
    expect(names()).toEqual(['BF', 'DAPI', 'GFP', 'RFP', 'Dim GFP'])
  })
})
