import { setTimeout as delay } from 'node:timers/promises'
import type { PropertyDescriptorInput, PropertyValue } from '../../src-shared/devices.ts'
import type { PropertyDevice } from '../sdk/driver.ts'
import { checkPropertyValue, findProperty } from '../sdk/property-value.ts'
import { Listeners } from './listeners.ts'

type TurretOptions<Item> = {
  readonly id: string
  readonly name: string
  readonly model: string
  readonly items: readonly (Item & { readonly label: string })[]
  readonly start: string
  /** Time that turning takes, ms. */
  readonly turnMs: number
  /** Awaited after turning, before the setting resolves. */
  readonly settle: () => Promise<void>
}

/** A turret that holds one of several items in the light path. */
export class SimulatedTurret<Item> implements PropertyDevice {
  readonly description: PropertyDevice['description']
  readonly #options: TurretOptions<Item>
  readonly #changed = new Listeners()
  readonly #turning = new AbortController()
  #item: Item & { readonly label: string }

  constructor(options: TurretOptions<Item>) {
    this.#options = options
    this.description = { kind: 'turret', id: options.id, name: options.name, model: options.model }
    this.#item = this.#find(options.start)
  }

  /** What is in the light path now. */
  get item(): Item & { readonly label: string } {
    return this.#item
  }

  #find(label: PropertyValue) {
    const item = this.#options.items.find((candidate) => candidate.label === label)
    if (item === undefined) throw new TypeError(`${this.#options.name} has no position "${label}"`)
    return item
  }

  properties(): readonly PropertyDescriptorInput[] {
    return [
      {
        name: 'position',
        title: this.#options.name,
        category: 'Turret',
        type: 'option',
        value: this.#item.label,
        options: this.#options.items.map(({ label }) => label),
      },
    ]
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    checkPropertyValue(findProperty(this.description.name, this.properties(), name), value)
    const item = this.#find(value)
    if (item === this.#item) return
    await delay(this.#options.turnMs, undefined, { signal: this.#turning.signal })
    this.#item = item
    this.#changed.emit()
    await this.#options.settle()
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Ends a turn under way; its setting rejects. */
  close(): void {
    this.#turning.abort()
  }
}
