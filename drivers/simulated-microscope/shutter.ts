import { setTimeout as delay } from 'node:timers/promises'
import {
  type PropertyDescriptorInput,
  type PropertyValue,
  standardProperty,
} from '../../src-shared/devices.ts'
import type { PropertyDevice } from '../sdk/driver.ts'
import { checkPropertyValue, findProperty } from '../sdk/property-value.ts'
import { Listeners } from './listeners.ts'

/** Time that the blades take, ms. */
const bladesMs = 8

/** A shutter before all light sources; it is open at first. */
export class SimulatedShutter implements PropertyDevice {
  readonly description: PropertyDevice['description'] = {
    kind: 'shutter',
    id: 'shutter',
    name: 'Shutter',
    model: 'Simulated shutter',
  }
  readonly #changed = new Listeners()
  #open = true

  get isOpen(): boolean {
    return this.#open
  }

  properties(): readonly PropertyDescriptorInput[] {
    return [
      { name: standardProperty.open, title: 'Open', category: 'Shutter', type: 'boolean', value: this.#open },
    ]
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    checkPropertyValue(findProperty(this.description.name, this.properties(), name), value)
    if (value === this.#open) return
    await delay(bladesMs)
    this.#open = value === true
    this.#changed.emit()
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.add(listener)
  }
}
