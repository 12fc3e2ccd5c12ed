import { SimulatedLight } from './light.ts'
import { filters, objectives } from './optics.ts'
import { channels, filterTurretId } from './presets.ts'
import { Specimen } from './specimen/specimen.ts'
import { SimulatedStage } from './stage.ts'
import { SimulatedTurret } from './turret.ts'

/** The microscope's stand: everything that the light passes before it reaches a camera. */
export class Microscope {
  readonly stage: SimulatedStage
  readonly lights: readonly SimulatedLight[] = [
    new SimulatedLight({
      id: 'led-bf',
      name: 'Transmitted light',
      model: 'White LED',
      on: false,
      intensity: 20,
    }),
    new SimulatedLight({ id: 'led-385', name: 'LED 385 nm', model: 'UV LED', on: false, intensity: 50 }),
    new SimulatedLight({ id: 'led-475', name: 'LED 475 nm', model: 'Cyan LED', on: true, intensity: 50 }),
    new SimulatedLight({ id: 'led-555', name: 'LED 555 nm', model: 'Green LED', on: false, intensity: 60 }),
  ]
  readonly objective: SimulatedTurret<(typeof objectives)[number]>
  readonly filter: SimulatedTurret<(typeof filters)[number]>
  readonly #seed: number
  #specimen: Specimen | undefined

  /** `settle` resolves when the cameras show the scene as it is now. */
  constructor(seed: number, settle: () => Promise<void>) {
    this.#seed = seed
    this.stage = new SimulatedStage(settle)
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
