import { describe, expect, it } from 'vitest'
import { presentSettings, presetSettings } from '../../../src-renderer/stores/present-settings.ts'
import type { DeviceState, PropertyDescriptor } from '../../../src-shared/devices.ts'
import { sampleCamera, sampleStage } from './sample-engine.ts'

const base = { category: '', readOnly: false, lockedWhileAcquiring: false, level: 'beginner' } as const
const flag = (name: string, value: boolean): PropertyDescriptor => ({
  ...base,
  type: 'boolean',
  name,
  title: name,
  value,
})
const power = (value: number): PropertyDescriptor => ({
  ...base,
  type: 'number',
  name: 'intensity',
  title: 'Intensity',
  value,
  min: 0,
  max: 100,
  scale: 'linear',
})
const place = (value: string): PropertyDescriptor => ({
  ...base,
  type: 'option',
  name: 'position',
  title: 'Position',
  value,
  options: [value],
})

function device(
  kind: 'light' | 'turret' | 'shutter',
  name: string,
  properties: PropertyDescriptor[],
): DeviceState {
  const id = name.toLowerCase()
  return { ...sampleStage, id, description: { kind, id, name, model: 'Test' }, properties }
}

const camera = sampleCamera('a')
const devices = [
  camera,
  sampleStage,
  device('light', 'Violet', [flag('on', false), power(10)]),
  device('light', 'Blue', [flag('on', true), power(37.5)]),
  device('turret', 'Objective', [place('20x')]),
  device('turret', 'Filter', [place('GFP')]),
  device('shutter', 'Shutter', [flag('open', true)]),
]

describe('what a channel would keep of the present settings', () => {
  it('is light, shutter, filter and exposure in words; the objective only on request', () => {
    expect(presentSettings(devices, camera).map(({ title, text, usual }) => [title, text, usual])).toEqual([
      ['Light', 'Blue 37.5 %, the others off', true],
      ['Shutter', 'open', true],
      ['Objective', '20x', false],
      ['Filter', 'GFP', true],
      ['Camera a', 'exposure 20 ms', true],
    ])
    expect(presentSettings([sampleStage], undefined)).toEqual([])
  })

  it('is set with what lights the specimen last', () => {
    const settings = presetSettings(presentSettings(devices, camera))
    expect(settings.map(({ deviceId, property }) => `${deviceId}.${property}`)).toEqual([
      'violet.on',
      'blue.intensity',
      'objective.position',
      'filter.position',
      'a.exposureMs',
      'blue.on',
      'shutter.open',
    ])
  })
})
