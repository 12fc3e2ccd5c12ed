import { standardProperty } from '../../src-shared/devices.ts'
import type { PropertyDevice } from '../sdk/driver.ts'
import { IndiDevice, type IndiPart, type OwnProperty } from './indi-device.ts'

/** INDI properties that a light shows as its own. */
export const lightVectors: readonly string[] = ['FLAT_LIGHT_CONTROL', 'FLAT_LIGHT_INTENSITY']

/** A light panel or another light source. Its intensity is given in percent of the range that the panel has. */
export class IndiLight extends IndiDevice implements PropertyDevice {
  readonly description: PropertyDevice['description']

  constructor(part: IndiPart) {
    super(part)
    this.description = { kind: 'light', id: part.id, name: part.name, model: this.model }
  }

  protected ownProperties(): readonly OwnProperty[] {
    const { setter, device } = this.part
    const own: OwnProperty[] = []
    const control = this.switches('FLAT_LIGHT_CONTROL')
    if (control !== undefined) {
      own.push({
        descriptor: {
          name: standardProperty.on,
          title: 'On',
          category: 'Light',
          type: 'boolean',
          value: control.elements.some(({ name, value }) => name === 'FLAT_LIGHT_ON' && value),
        },
        set: (value) =>
          setter.set(
            device,
            control.name,
            new Map([[value === true ? 'FLAT_LIGHT_ON' : 'FLAT_LIGHT_OFF', true]]),
          ),
      })
    }
    const intensity = this.number('FLAT_LIGHT_INTENSITY', 'FLAT_LIGHT_INTENSITY_VALUE')
    if (intensity !== undefined && intensity.min < intensity.max) {
      const { min, max, value } = intensity
      const range = max - min
      own.push({
        descriptor: {
          name: standardProperty.intensity,
          title: 'Intensity',
          category: 'Light',
          type: 'number',
          unit: '%',
          value: Math.min(100, Math.max(0, (100 * (value - min)) / range)),
          min: 0,
          max: 100,
        },
        set: (percent) => {
          const level = Math.round(min + (range * Number(percent)) / 100)
          return setter.set(device, 'FLAT_LIGHT_INTENSITY', new Map([[intensity.name, level]]))
        },
      })
    }
    return own
  }
}
