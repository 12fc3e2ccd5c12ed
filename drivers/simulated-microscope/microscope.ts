import { SimulatedAutofocus } from './autofocus.ts'
import type { FaultInjector } from './faults.ts'
import { SimulatedLight } from './light.ts'
import { filters, type LightId, objectives } from './optics.ts'
import { channels, filterTurretId } from './presets.ts'
import { SimulatedShutter } from './shutter.ts'
import { Specimen } from './specimen/specimen.ts'
import { SimulatedStage, type TriggerCable } from './stage.ts'
import { SimulatedTurret } from './turret.ts'

const lightSources: readonly {
  readonly id: LightId
  readonly name: string
  readonly model: string
  readonly on: boolean
  readonly intensity: number
}[] = [
  { id: 'led-bf', name: 'Transmitted light', model: 'White LED', on: false, intensity: 20 },
  { id: 'led-385', name: 'LED 385 nm', model: 'UV LED', on: false, intensity: 50 },
  { id: 'led-475', name: 'LED 475 nm', model: 'Cyan LED', on: true, intensity: 50 },
  { id: 'led-555', name: 'LED 555 nm', model: 'Green LED', on: false, intensity: 60 },
]

/** What the microscope has, and how it fails. */
export type MicroscopeOptions = {
  readonly seed: number
  /** Resolves when the cameras show the scene as it is now. */
  readonly settle: () => Promise<void>
  /** The focus drive's trigger cable; see `SimulatedStage`. Absent: it leads nowhere. */
  readonly triggerCamera?: TriggerCable
  readonly faults?: FaultInjector
  readonly hasShutter?: boolean
}

/** The microscope's stand: everything that the light passes before it reaches a camera. */
export class Microscope {
  readonly stage: SimulatedStage
  readonly autofocus: SimulatedAutofocus
  readonly lights: readonly SimulatedLight[]
  /** Before all lights; not part of every microscope. */
  readonly shutter: SimulatedShutter | undefined
  readonly objective: SimulatedTurret<(typeof objectives)[number]>
  readonly filter: SimulatedTurret<(typeof filters)[number]>
  readonly #seed: number
  #specimen: Specimen | undefined

  constructor({ seed, settle, triggerCamera, faults, hasShutter = false }: MicroscopeOptions) {
    this.#seed = seed
    this.stage = new SimulatedStage({ settle, triggerCamera, faults })
    this.autofocus = new SimulatedAutofocus(this.stage, faults)
    this.shutter = hasShutter ? new SimulatedShutter() : undefined
    const passes = () => this.shutter?.isOpen ?? true
    const turningOn = () => faults?.onLight()
    this.lights = lightSources.map((source) => new SimulatedLight({ ...source, passes, turningOn }))
    this.objective = new SimulatedTurret({
      id: 'objective',
      name: 'Objective',
      model: 'Motorised nosepiece',
      items: objectives,
      start: '20x/0.75',
      turnMs: 250,
      settle,
    })
    this.filter = new SimulatedTurret({
      id: filterTurretId,
      name: 'Filter',
      model: 'Motorised filter turret',
      items: filters,
      start: 'GFP',
      turnMs: 60,
      settle,
    })
  }

  /** Made when first looked at. */
  get specimen(): Specimen {
    this.#specimen ??= new Specimen(this.#seed)
    return this.#specimen
  }

  /** The channel whose light and filter are in use, if exactly those are. */
  channel(): string | undefined {
    const lit = this.lights.filter((light) => light.on)
    if (lit.length !== 1) return undefined
    return channels.find(({ light, filter }) => light === lit[0]?.id && filter === this.filter.item.label)
      ?.name
  }

  /** Power of a light, 0 to 1. */
  power(id: string): number {
    return this.lights.find((light) => light.id === id)?.power ?? 0
  }

  close(): void {
    this.stage.close()
    this.objective.close()
    this.filter.close()
  }
}
