import type { Microscope } from '../../../simulated-microscope/microscope.ts'
import { filters, objectives } from '../../../simulated-microscope/optics.ts'
import { channels } from '../../../simulated-microscope/presets.ts'
import type { CameraDescription } from './camera-description.ts'
import { addBoolean, addEnumeration } from './describe-choices.ts'
import { addIndexed } from './describe-computed.ts'
import { addConverted, addFloat } from './describe-numbers.ts'
import { bitOf } from './feature.ts'

/** Lights are dimmed in tenths of a percent. */
const intensitySteps = 10
const maxIntensity = 100
const noChannel = channels.length

/** What the features act on. */
export type MicroscopeFeatureOptions = {
  readonly microscope: Microscope
  /** Takes what goes on after the register has been written: a stage that moves. */
  readonly carryOut: (action: Promise<void>) => void
}

/** The stand that the camera is on, as features of the camera's own: what one sees can be moved, focused and lit. */
export function addMicroscopeFeatures(
  description: CameraDescription,
  options: MicroscopeFeatureOptions,
): void {
  description.category('MicroscopeControl', 'Microscope', 'The simulated microscope that the camera is on.', [
    ...addStage(description, options),
    ...addTurrets(description, options),
    ...addLights(description, options.microscope, options.carryOut),
  ])
}

function addStage(
  description: CameraDescription,
  { microscope, carryOut }: MicroscopeFeatureOptions,
): readonly string[] {
  const { stage } = microscope
  const { axes } = stage.description
  const names = { x: 'across', y: 'down', z: 'focus' } as const
  return (['x', 'y', 'z'] as const).map((axis) => {
    const { min, max } = axes[axis] ?? { min: 0, max: 0 }
    return addFloat(description, {
      name: `Stage${axis.toUpperCase()}`,
      title: `Stage ${axis} (${names[axis]})`,
      tip: 'Where the stage is; writing moves it there.',
      unit: 'um',
      min,
      max,
      pollingMs: 200,
      value: {
        read: () => stage.position()[axis],
        write: (position) => {
          if (!(position >= min && position <= max)) return 'invalidParameter'
          carryOut(stage.moveTo({ [axis]: position }))
          return 'success'
        },
      },
    })
  })
}

function addTurrets(
  description: CameraDescription,
  { microscope, carryOut }: MicroscopeFeatureOptions,
): readonly string[] {
  const { objective, filter } = microscope
  return [
    addEnumeration(description, {
      name: 'Objective',
      title: 'Objective',
      tip: 'Magnification and numerical aperture.',
      pollingMs: 500,
      // Names of entries are identifiers.
      entries: objectives.map(({ label, magnification }, value) => ({
        name: `X${magnification}`,
        value,
        tip: label,
      })),
      value: {
        read: () => objectives.findIndex(({ label }) => label === objective.item.label),
        write: (value) => {
          const { label } = objectives[value] ?? objective.item
          carryOut(objective.setProperty('position', label))
          return 'success'
        },
      },
    }),
    addEnumeration(description, {
      name: 'Filter',
      title: 'Filter',
      tip: 'What light passes from the specimen to the camera.',
      pollingMs: 500,
      entries: filters.map(({ label }, value) => ({ name: label, value })),
      value: {
        read: () => filters.findIndex(({ label }) => label === filter.item.label),
        write: (value) => {
          const { label } = filters[value] ?? filter.item
          carryOut(filter.setProperty('position', label))
          return 'success'
        },
      },
    }),
    addEnumeration(description, {
      name: 'Channel',
      title: 'Channel',
      tip: 'A filter with the light that belongs to it.',
      pollingMs: 500,
      entries: [...channels.map(({ name }, value) => ({ name, value })), { name: 'Other', value: noChannel }],
      value: {
        read: () => {
          const index = channels.findIndex(({ name }) => name === microscope.channel())
          return index < 0 ? noChannel : index
        },
        write: (value) => {
          const channel = channels[value]
          if (channel === undefined && value !== noChannel) return 'invalidParameter'
          // Without a channel it is dark.
          for (const light of microscope.lights) {
            carryOut(light.setProperty('on', light.id === channel?.light))
          }
          if (channel !== undefined) carryOut(filter.setProperty('position', channel.filter))
          return 'success'
        },
      },
    }),
  ]
}

function addLights(
  description: CameraDescription,
  { lights }: Microscope,
  carryOut: MicroscopeFeatureOptions['carryOut'],
): readonly string[] {
  const selector = addEnumeration(description, {
    name: 'LightSelector',
    title: 'Light',
    tip: 'The light to set.',
    entries: lights.map(({ description: { model } }, value) => ({ name: model.replaceAll(' ', ''), value })),
    selects: ['LightOn', 'LightIntensity'],
  })
  const on = lights.map((light) =>
    bitOf({
      read: () => light.on,
      write: (value) => {
        carryOut(light.setProperty('on', value))
        return 'success'
      },
    }),
  )
  const intensity = lights.map((light) => ({
    read: () => Math.round(light.intensity * intensitySteps),
    write: (raw: number) => {
      if (raw > maxIntensity * intensitySteps) return 'invalidParameter' as const
      carryOut(light.setProperty('intensity', raw / intensitySteps))
      return 'success' as const
    },
  }))
  return [
    selector,
    addBoolean(description, {
      name: 'LightOn',
      title: 'Light on',
      tip: 'Whether the selected light shines.',
      value: { node: addIndexed(description, 'LightOnRegister', selector, on) },
    }),
    addConverted(description, {
      name: 'LightIntensity',
      title: 'Light intensity',
      tip: 'Power of the selected light.',
      unit: '%',
      min: 0,
      max: maxIntensity,
      toRaw: `ROUND(FROM * ${intensitySteps}, 0)`,
      fromRaw: `TO / ${intensitySteps}.0`,
      value: { node: addIndexed(description, 'LightIntensityRegister', selector, intensity) },
    }),
  ]
}
