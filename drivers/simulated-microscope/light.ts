import type { PropertyDescriptorInput, PropertyValue } from '../../src-shared/devices.ts'
import type { PropertyDevice } from '../sdk/driver.ts'
import { checkPropertyValue, findProperty } from '../sdk/property-value.ts'
import { Listeners } from './listeners.ts'
import type { LightId } from './optics.ts'

/** A light source that is on or off, and as bright as it is set. */
export class SimulatedLight implements PropertyDevice {
  readonly description: PropertyDevice['description']
  readonly id: LightId
  readonly #changed = new Listeners()
  readonly #passes: () => boolean
  readonly #turningOn: (() => void) | undefined
  #on: boolean
  #intensity: number

  constructor(options: {
    id: LightId
    name: string
    model: string
    on: boolean
    intensity: number
    /** Whether its light gets out now. */
    passes: () => boolean
    /** Called before it is turned on; may throw. */
    turningOn?: () => void
  }) {
    this.#passes = options.passes
    this.#turningOn = options.turningOn
    this.id = options.id
    this.description = { kind: 'light', id: options.id, name: options.name, model: options.model }
    this.#on = options.on
    this.#intensity = options.intensity
  }

  get on(): boolean {
    return this.#on
  }

  /** Percent of full power while it is on. */
  get intensity(): number {
    return this.#intensity
  }

  /** Light that reaches the specimen, 0 to 1 (full power). */
  get power(): number {
    return this.#on && this.#passes() ? this.#intensity / 100 : 0
  }

  properties(): readonly PropertyDescriptorInput[] {
    return [
      { name: 'on', title: 'On', category: 'Light', type: 'boolean', value: this.#on },
      {
        name: 'intensity',
        title: 'Intensity',
        category: 'Light',
        type: 'number',
        unit: '%',
        value: this.#intensity,
        min: 0,
        max: 100,
        step: 0.1,
      },
    ]
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    checkPropertyValue(findProperty(this.description.name, this.properties(), name), value)
    if (name === 'on' && value === true && !this.#on) this.#turningOn?.()
    if (name === 'on' && typeof value === 'boolean') this.#on = value
    if (name === 'intensity' && typeof value === 'number') this.#intensity = value
    this.#changed.emit()
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.add(listener)
  }
}
