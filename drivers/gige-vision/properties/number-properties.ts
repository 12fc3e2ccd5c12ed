/** Standard properties that are one number: exposure, gain, rate, region of interest, temperature. */
import { standardProperty } from '../../../src-shared/devices.ts'
import type { Feature } from '../genicam/feature.ts'
import type { NodeMap } from '../genicam/node-map.ts'
import { numberProperty } from './feature-property.ts'
import { type Features, isWritable, type StandardProperty } from './standard-property.ts'

type Source = {
  readonly feature: string
  /** How many of the feature's units make one of ours; 1 where they are the same. */
  readonly factor?: number
  /** Ours; absent: the feature's. */
  readonly unit?: string
}

type NumberRow = {
  readonly name: string
  readonly title: string
  readonly category: string
  /** What the feature is called by the SFNC, and before it; the first that is there serves. */
  readonly sources: readonly Source[]
  readonly locked?: true
  readonly readOnly?: true
  readonly log?: true
  /** Must be true for the number to have an effect. */
  readonly enabledBy?: string
}

const exposure = (feature: string): Source => ({ feature, factor: 1000, unit: 'ms' })
const pixels = (feature: string): readonly Source[] => [{ feature, unit: 'px' }]
const roi = { category: 'Region of interest', locked: true } as const

const rows: readonly NumberRow[] = [
  {
    name: standardProperty.exposureMs,
    title: 'Exposure',
    category: 'Exposure',
    log: true,
    sources: ['ExposureTime', 'ExposureTimeAbs', 'ExposureTimeRaw'].map(exposure),
  },
  {
    name: standardProperty.gain,
    title: 'Gain',
    category: 'Exposure',
    sources: [{ feature: 'Gain' }, { feature: 'GainAbs' }, { feature: 'GainRaw' }],
  },
  {
    name: standardProperty.frameRate,
    title: 'Frame rate',
    category: 'Exposure',
    enabledBy: 'AcquisitionFrameRateEnable',
    sources: [
      { feature: 'AcquisitionFrameRate', unit: 'fps' },
      { feature: 'AcquisitionFrameRateAbs', unit: 'fps' },
    ],
  },
  {
    name: standardProperty.blackLevel,
    title: 'Black level',
    category: 'Exposure',
    sources: [{ feature: 'BlackLevel' }, { feature: 'BlackLevelRaw' }],
  },
  { ...roi, name: standardProperty.roiX, title: 'Left', sources: pixels('OffsetX') },
  { ...roi, name: standardProperty.roiY, title: 'Top', sources: pixels('OffsetY') },
  { ...roi, name: standardProperty.roiWidth, title: 'Width', sources: pixels('Width') },
  { ...roi, name: standardProperty.roiHeight, title: 'Height', sources: pixels('Height') },
  {
    name: standardProperty.temperatureC,
    title: 'Sensor temperature',
    category: 'Status',
    readOnly: true,
    sources: [
      { feature: 'DeviceTemperature', unit: '°C' },
      { feature: 'TemperatureAbs', unit: '°C' },
    ],
  },
]

/** One row of the table for a camera. */
class NumberProperty implements StandardProperty {
  readonly name: string
  readonly features: readonly string[]
  readonly replaces: readonly string[]
  readonly #row: NumberRow

  constructor(row: NumberRow) {
    this.#row = row
    this.name = row.name
    this.features = [
      ...row.sources.map(({ feature }) => feature),
      ...(row.enabledBy === undefined ? [] : [row.enabledBy]),
    ]
    this.replaces = row.sources.map(({ feature }) => feature)
  }

  describe(features: Features) {
    const { title, category, locked, readOnly, log, sources } = this.#row
    const source = this.#source(features)
    const feature = source && features.get(source.feature)
    if (source === undefined || feature === undefined) return undefined
    const factor = source.factor ?? 1
    const { value, min, max, inc, unit } = numbersOf(feature)
    const help = feature.description ?? feature.tooltip
    return numberProperty(
      {
        name: this.name,
        title,
        category,
        ...(help === undefined ? {} : { description: help }),
        readOnly: readOnly === true || (!isWritable(feature) && !this.#isDisabled(features)),
        ...(locked === undefined ? {} : { lockedWhileAcquiring: true }),
      },
      {
        value: value === undefined ? undefined : value / factor,
        min: min / factor,
        max: max / factor,
        step: inc === undefined || sources.length > 1 ? undefined : inc / factor,
        unit: source.unit ?? unit,
        scale: log === true ? 'log' : 'linear',
      },
    )
  }

  async set(nodeMap: NodeMap, value: number, features: Features): Promise<void> {
    const source = this.#source(features)
    if (source === undefined) return
    const { enabledBy } = this.#row
    if (enabledBy !== undefined && this.#isDisabled(features)) await nodeMap.set(enabledBy, true)
    const inFeature = value * (source.factor ?? 1)
    const feature = features.get(source.feature)
    await nodeMap.set(source.feature, feature?.kind === 'integer' ? Math.round(inFeature) : inFeature)
  }

  #source(features: Features): Source | undefined {
    return this.#row.sources.find(({ feature }) => {
      const found = features.get(feature)
      return found !== undefined && numbersOf(found).value !== undefined
    })
  }

  #isDisabled(features: Features): boolean {
    const switched = features.get(this.#row.enabledBy ?? '')
    return switched?.kind === 'boolean' && switched.value === false && isWritable(switched)
  }
}

function numbersOf(feature: Feature) {
  if (feature.kind === 'float') return feature
  if (feature.kind !== 'integer') return { value: undefined, min: 0, max: 0, inc: undefined, unit: undefined }
  const { value, min, max, inc, unit } = feature
  return {
    value: value === undefined ? undefined : Number(value),
    min: Number(min),
    max: Number(max),
    inc: Number(inc),
    unit,
  }
}

export const numberProperties: readonly StandardProperty[] = rows.map((row) => new NumberProperty(row))
