import type { Acquisition } from '../acquisition.ts'
import {
  acquisitionModes,
  type CameraSettings,
  maxBlackLevel,
  minExposureUs,
  triggerSources,
} from '../camera-settings.ts'
import type { CameraDescription } from './camera-description.ts'
import { addEnumeration } from './describe-choices.ts'
import { addCommand } from './describe-command.ts'
import { addFormula } from './describe-computed.ts'
import { addConverted, addFloat, addInteger } from './describe-numbers.ts'

const triggerModes = ['Off', 'On'] as const
const maxFrameCount = 65_535

/** What the features act on. */
export type AcquisitionFeatureOptions = {
  readonly settings: CameraSettings
  readonly acquisition: Acquisition
  /** The rate that exposure and read-out allow, frames/s. */
  readonly resultingFrameRate: () => number
}

/** SFNC 2.7, "Acquisition Control" and "Analog Control". */
export function addAcquisitionFeatures(
  description: CameraDescription,
  options: AcquisitionFeatureOptions,
): void {
  description.category(
    'AcquisitionControl',
    'Acquisition Control',
    'When frames are taken, and for how long they are exposed.',
    [
      ...addModes(description, options),
      ...addTiming(description, options),
      ...addTrigger(description, options),
    ],
  )
  description.category(
    'AnalogControl',
    'Analog Control',
    'How light becomes numbers.',
    addAnalog(description, options.settings),
  )
}

function addModes(
  description: CameraDescription,
  { settings, acquisition }: AcquisitionFeatureOptions,
): readonly string[] {
  addFormula(description, 'IntSwissKnife', 'AcquisitionFrameCountAvailable', 'MODE = 2', {
    MODE: 'AcquisitionModeRegister',
  })
  return [
    addEnumeration(description, {
      name: 'AcquisitionMode',
      title: 'Acquisition mode',
      tip: 'How many frames an acquisition has.',
      locked: true,
      entries: acquisitionModes.map((name, value) => ({ name, value })),
      value: {
        read: () => acquisitionModes.indexOf(settings.acquisitionMode),
        write: (value) => {
          if (settings.locked) return 'writeProtect'
          settings.acquisitionMode = acquisitionModes[value] ?? 'Continuous'
          return 'success'
        },
      },
    }),
    addCommand(description, {
      name: 'AcquisitionStart',
      title: 'Start',
      tip: 'Starts an acquisition.',
      run: () => acquisition.start(),
    }),
    addCommand(description, {
      name: 'AcquisitionStop',
      title: 'Stop',
      tip: 'Ends the acquisition.',
      run: () => {
        acquisition.stop()
        return 'success'
      },
    }),
    addInteger(description, {
      name: 'AcquisitionFrameCount',
      title: 'Frames',
      tip: 'Frames of an acquisition in the mode MultiFrame.',
      availableWhen: 'AcquisitionFrameCountAvailable',
      min: 1,
      max: maxFrameCount,
      value: {
        read: () => settings.frameCount,
        write: (count) => {
          if (count < 1 || count > maxFrameCount) return 'invalidParameter'
          settings.frameCount = count
          return 'success'
        },
      },
    }),
  ]
}

function addTiming(
  description: CameraDescription,
  { settings, acquisition, resultingFrameRate }: AcquisitionFeatureOptions,
): readonly string[] {
  const { maxExposureUs, maxFrameRate } = settings.model
  return [
    // In tenths of a microsecond.
    addConverted(description, {
      name: 'ExposureTime',
      title: 'Exposure time',
      tip: 'How long light is collected for a frame.',
      unit: 'us',
      min: minExposureUs,
      max: maxExposureUs,
      representation: 'Logarithmic',
      toRaw: 'ROUND(FROM * 10, 0)',
      fromRaw: 'TO / 10.0',
      value: {
        read: () => Math.round(settings.exposureUs * 10),
        write: (raw) => {
          const status = settings.setExposureUs(raw / 10)
          if (status === 'success') acquisition.retime()
          return status
        },
      },
    }),
    // In thousandths of a hertz.
    addConverted(description, {
      name: 'AcquisitionFrameRate',
      title: 'Frame rate',
      tip: 'Highest rate; exposure and read-out can make it lower.',
      unit: 'Hz',
      min: 1,
      max: maxFrameRate,
      representation: 'Logarithmic',
      toRaw: 'ROUND(FROM * 1000, 0)',
      fromRaw: 'TO / 1000.0',
      value: {
        read: () => Math.round(settings.frameRate * 1000),
        write: (raw) => {
          const status = settings.setFrameRate(raw / 1000)
          if (status === 'success') acquisition.retime()
          return status
        },
      },
    }),
    addFloat(description, {
      name: 'ResultingFrameRate',
      title: 'Resulting frame rate',
      tip: 'The rate that exposure and read-out allow.',
      visibility: 'Expert',
      unit: 'Hz',
      pollingMs: 1000,
      value: { read: resultingFrameRate },
    }),
    addEnumeration(description, {
      name: 'ExposureMode',
      title: 'Exposure mode',
      tip: 'What ends an exposure.',
      visibility: 'Expert',
      entries: [{ name: 'Timed', value: 0, tip: 'The exposure time.' }],
      value: { read: () => 0 },
    }),
  ]
}

function addTrigger(
  description: CameraDescription,
  { settings, acquisition }: AcquisitionFeatureOptions,
): readonly string[] {
  addFormula(description, 'IntSwissKnife', 'TriggerOn', 'MODE = 1', { MODE: 'TriggerModeRegister' })
  addFormula(description, 'IntSwissKnife', 'TriggerSoftwareAvailable', '(MODE = 1) && (SOURCE = 0)', {
    MODE: 'TriggerModeRegister',
    SOURCE: 'TriggerSourceRegister',
  })
  return [
    addEnumeration(description, {
      name: 'TriggerSelector',
      title: 'Trigger',
      tip: 'What is triggered.',
      visibility: 'Expert',
      entries: [{ name: 'FrameStart', value: 0, tip: 'Each frame.' }],
      selects: ['TriggerMode', 'TriggerSource', 'TriggerSoftware'],
    }),
    addEnumeration(description, {
      name: 'TriggerMode',
      title: 'Trigger mode',
      tip: 'On: each frame waits for a trigger.',
      locked: true,
      entries: triggerModes.map((name, value) => ({ name, value })),
      value: {
        read: () => triggerModes.indexOf(settings.triggerMode),
        write: (value) => {
          if (settings.locked) return 'writeProtect'
          settings.triggerMode = triggerModes[value] ?? 'Off'
          return 'success'
        },
      },
    }),
    addEnumeration(description, {
      name: 'TriggerSource',
      title: 'Trigger source',
      tip: 'Where triggers come from. Nothing is connected to Line1.',
      availableWhen: 'TriggerOn',
      entries: triggerSources.map((name, value) => ({ name, value })),
      value: {
        read: () => triggerSources.indexOf(settings.triggerSource),
        write: (value) => {
          settings.triggerSource = triggerSources[value] ?? 'Software'
          return 'success'
        },
      },
    }),
    addCommand(description, {
      name: 'TriggerSoftware',
      title: 'Trigger now',
      tip: 'Takes one frame.',
      availableWhen: 'TriggerSoftwareAvailable',
      run: () => acquisition.trigger(),
    }),
  ]
}

function addAnalog(description: CameraDescription, settings: CameraSettings): readonly string[] {
  const { model } = settings
  // The overview camera's sensor has neither.
  if (model.maxGainDb === 0) return []
  return [
    addEnumeration(description, {
      name: 'GainSelector',
      title: 'Gain of',
      tip: 'What the gain applies to.',
      visibility: 'Expert',
      entries: [{ name: 'All', value: 0 }],
      selects: ['Gain'],
    }),
    // In tenths of a decibel.
    addConverted(description, {
      name: 'Gain',
      title: 'Gain',
      tip: 'Amplification of the signal, noise included.',
      unit: 'dB',
      min: 0,
      max: model.maxGainDb,
      toRaw: 'ROUND(FROM * 10, 0)',
      fromRaw: 'TO / 10.0',
      value: { read: () => Math.round(settings.gainDb * 10), write: (raw) => settings.setGainDb(raw / 10) },
    }),
    addEnumeration(description, {
      name: 'BlackLevelSelector',
      title: 'Black level of',
      tip: 'What the black level applies to.',
      visibility: 'Expert',
      entries: [{ name: 'All', value: 0 }],
      selects: ['BlackLevel'],
    }),
    addFloat(description, {
      name: 'BlackLevel',
      title: 'Black level',
      tip: 'Value of a dark pixel, in counts of 12 bits.',
      min: 0,
      max: maxBlackLevel,
      value: { read: () => settings.blackLevel, write: (level) => settings.setBlackLevel(level) },
    }),
  ]
}
