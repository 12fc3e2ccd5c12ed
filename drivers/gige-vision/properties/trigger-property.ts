/** The trigger mode: of SFNC's selector, mode and source, the combination that starts each frame. */
import { standardProperty } from '../../../src-shared/devices.ts'
import { type FeatureOfKind } from '../genicam/feature.ts'
import { type Features, isWritable, type StandardProperty } from './standard-property.ts'

const modes = ['continuous', 'software', 'external'] as const

function enumeration(features: Features, name: string): FeatureOfKind<'enumeration'> | undefined {
  const feature = features.get(name)
  return feature?.kind === 'enumeration' ? feature : undefined
}

function entryNames(feature: FeatureOfKind<'enumeration'> | undefined): readonly string[] {
  return feature?.entries.map(({ name }) => name) ?? []
}

/** Sources that are inputs of the camera come before those of the network. */
function externalSource(features: Features): string | undefined {
  const names = entryNames(enumeration(features, 'TriggerSource'))
  return names.find((name) => name.startsWith('Line')) ?? names.find((name) => name !== 'Software')
}

export const triggerProperty: StandardProperty = {
  name: standardProperty.triggerMode,
  features: ['TriggerMode', 'TriggerSource', 'TriggerSelector', 'TriggerSoftware'],
  replaces: [],

  describe(features) {
    const mode = enumeration(features, 'TriggerMode')
    if (mode?.value === undefined) return undefined
    const source = enumeration(features, 'TriggerSource')
    const now = mode.value === 'Off' ? 'continuous' : source?.value === 'Software' ? 'software' : 'external'
    const possible = {
      continuous: true,
      software: features.has('TriggerSoftware'),
      external: now === 'external' || externalSource(features) !== undefined || source?.value === undefined,
    }
    return {
      name: standardProperty.triggerMode,
      title: 'Trigger',
      category: 'Trigger',
      description:
        'What starts each frame: the camera itself, a command, or a signal at one of its inputs (see Trigger source).',
      readOnly: !isWritable(mode),
      lockedWhileAcquiring: true,
      type: 'option',
      value: now,
      options: modes.filter((option) => possible[option]),
    }
  },

  async set(nodeMap, value, features) {
    const selectable = entryNames(enumeration(features, 'TriggerSelector'))
    const selected = ['FrameStart', 'AcquisitionStart'].find((name) => selectable.includes(name))
    if (selected !== undefined) await nodeMap.set('TriggerSelector', selected)
    if (value === 'continuous') return nodeMap.set('TriggerMode', 'Off')
    await nodeMap.set('TriggerMode', 'On')
    if (!nodeMap.has('TriggerSource')) return
    if (value === 'software') return nodeMap.set('TriggerSource', 'Software')
    // Which sources there are may only be known once the trigger is on.
    const source = await nodeMap.feature('TriggerSource')
    const external = externalSource(new Map([['TriggerSource', source]]))
    if (source.kind === 'enumeration' && source.value === 'Software' && external !== undefined) {
      await nodeMap.set('TriggerSource', external)
    }
  },
}
