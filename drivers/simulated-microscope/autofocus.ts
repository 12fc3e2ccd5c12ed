import { setTimeout as delay } from 'node:timers/promises'
import {
  type PropertyDescriptorInput,
  type PropertyValue,
  standardProperty,
} from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { PropertyDevice } from '../sdk/driver.ts'
import { checkPropertyValue, findProperty } from '../sdk/property-value.ts'
import type { FaultInjector } from './faults.ts'
import { Listeners } from './listeners.ts'
import { focusSurfaceUm } from './optics.ts'
import type { SimulatedStage } from './stage.ts'

/** Time that measuring takes, ms. */
const measuringMs = 40
/** How far off the surface its reflection is still found, µm. */
const captureRangeUm = 100

/**
 * An autofocus that finds the slide's surface by the reflection of an infrared beam, as focus locks of microscopes do,
 * and has the stage move there. It needs no light of the microscope, and no camera.
 */
export class SimulatedAutofocus implements PropertyDevice {
  readonly description: PropertyDevice['description'] = {
    kind: 'autofocus',
    id: 'autofocus',
    name: 'Autofocus',
    model: 'Simulated reflection autofocus',
  }
  readonly #stage: SimulatedStage
  readonly #faults: FaultInjector | undefined
  readonly #changed = new Listeners()
  #offsetUm = 0

  constructor(stage: SimulatedStage, faults?: FaultInjector) {
    this.#stage = stage
    this.#faults = faults
  }

  properties(): readonly PropertyDescriptorInput[] {
    return [
      {
        name: standardProperty.findFocus,
        title: 'Find focus',
        category: 'Autofocus',
        description: `Moves z to the specimen’s surface, from up to ${captureRangeUm} µm away.`,
        type: 'command',
        value: false,
      },
      {
        name: standardProperty.focusOffset,
        title: 'Offset',
        category: 'Autofocus',
        description: 'Where to focus above the surface that it finds.',
        type: 'number',
        unit: 'µm',
        value: this.#offsetUm,
        min: -50,
        max: 50,
      },
    ]
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    checkPropertyValue(findProperty(this.description.name, this.properties(), name), value)
    if (name === standardProperty.findFocus) return this.#findFocus()
    if (name === standardProperty.focusOffset && typeof value === 'number') this.#offsetUm = value
    this.#changed.emit()
  }

  async #findFocus(): Promise<void> {
    await delay(measuringMs)
    this.#faults?.onFocus()
    const { x, y, z } = this.#stage.position()
    const surfaceUm = focusSurfaceUm(x, y)
    if (Math.abs(surfaceUm - z) > captureRangeUm) {
      throw new CoverslipError('DEVICE_FAILED', 'Autofocus sees no reflection of the specimen', {
        hint: `Bring it into focus to within ${captureRangeUm} µm first.`,
      })
    }
    await this.#stage.moveTo({ z: surfaceUm + this.#offsetUm })
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.add(listener)
  }
}
