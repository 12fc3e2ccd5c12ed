import { standardProperty } from '../../src-shared/devices.ts'
import type { PropertyDevice } from '../sdk/driver.ts'
import { IndiDevice, type IndiPart, type OwnProperty } from './indi-device.ts'

/** INDI properties that a filter wheel shows as its own. The filters' names are among the others: they can be changed. */
export const wheelVectors: readonly string[] = ['FILTER_SLOT']

/** Most positions of a wheel. */
const maxSlots = 100

/** A filter wheel: `position` is the name of the filter, or `Filter 3` where it has none of its own. */
export class IndiWheel extends IndiDevice implements PropertyDevice {
  readonly description: PropertyDevice['description']

  constructor(part: IndiPart) {
    super(part)
    this.description = { kind: 'turret', id: part.id, name: part.name, model: this.model }
  }

  protected ownProperties(): readonly OwnProperty[] {
    const slot = this.number('FILTER_SLOT', 'FILTER_SLOT_VALUE')
    if (slot === undefined) return []
    const first = Math.round(slot.min)
    const count = Math.min(maxSlots, Math.max(1, Math.round(slot.max) - first + 1))
    const options = this.#labels(first, count)
    const present = options[Math.round(slot.value) - first] ?? options[0]
    if (present === undefined) return []
    const { setter, device } = this.part
    return [
      {
        descriptor: {
          name: standardProperty.position,
          title: 'Filter',
          category: 'Filter Wheel',
          type: 'option',
          value: present,
          options,
        },
        set: (value) => {
          const position = first + options.findIndex((option) => option === value)
          return setter.set(device, 'FILTER_SLOT', new Map([[slot.name, position]]))
        },
      },
    ]
  }

  #labels(first: number, count: number): string[] {
    const names = this.texts('FILTER_NAME')?.elements.map(({ value }) => value) ?? []
    return Array.from({ length: count }, (_, index) => {
      const name = names[index]
      const isOwn = name !== undefined && name !== '' && names.indexOf(name) === names.lastIndexOf(name)
      return isOwn ? name : `Filter ${first + index}`
    })
  }
}
