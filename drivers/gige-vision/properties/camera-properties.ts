import type { PropertyDescriptorInput, PropertyValue } from '../../../src-shared/devices.ts'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { checkPropertyValue, findProperty } from '../../sdk/property-value.ts'
import type { Feature, FeatureValue } from '../genicam/feature.ts'
import type { NodeMap } from '../genicam/node-map.ts'
import { AcquisitionLocks } from './acquisition-locks.ts'
import { featureProperty, featureValue } from './feature-property.ts'
import { binningProperty, pixelFormatProperty } from './format-properties.ts'
import { numberProperties } from './number-properties.ts'
import type { StandardProperty } from './standard-property.ts'
import { triggerProperty } from './trigger-property.ts'

const standardProperties: readonly StandardProperty[] = [
  ...numberProperties,
  pixelFormatProperty,
  binningProperty,
  triggerProperty,
]

/** Values that change by themselves are looked at this often, or as rarely as the camera's description says, ms. */
const leastPollingMs = 500
/** A command is given this long to be done, and a motor to arrive, before the property counts as set, ms. */
const doneMs = 8000
const donePollMs = 20

/** The camera, and what its properties need to know of it. */
export type CameraPropertiesOptions = {
  readonly nodeMap: NodeMap
  readonly deviceName: string
}

/** All properties of a camera with their present values, kept up to date with the camera. */
export class CameraProperties {
  readonly #options: CameraPropertiesOptions
  readonly #features = new Map<string, Feature>()
  readonly #stale = new Set<string>()
  readonly #locks = new AcquisitionLocks()
  readonly #changed = new Emitter<void>()
  readonly #failed = new Emitter<CoverslipError>()
  readonly #standard: readonly StandardProperty[]
  readonly #names: readonly string[]
  readonly #subscriptions: (() => void)[] = []
  #list: readonly PropertyDescriptorInput[] = []
  #refreshing: Promise<void> | undefined
  #closed = false

  private constructor(options: CameraPropertiesOptions) {
    const { nodeMap } = options
    this.#options = options
    this.#standard = standardProperties.filter(({ features }) => features.some((name) => nodeMap.has(name)))
    // Some cameras have features that are in no category.
    const needed = this.#standard.flatMap(({ features }) => features).filter((name) => nodeMap.has(name))
    this.#names = [...new Set([...nodeMap.featureNames, ...needed])]
  }

  /** Reads all features. @throws CoverslipError when the camera does not answer. */
  static async load(options: CameraPropertiesOptions): Promise<CameraProperties> {
    const properties = new CameraProperties(options)
    for (const name of properties.#names) properties.#features.set(name, await options.nodeMap.feature(name))
    properties.#describe()
    properties.#follow()
    return properties
  }

  /** The properties as the device tells them. */
  list(): readonly PropertyDescriptorInput[] {
    return this.#list
  }

  /** The number of a standard property; undefined when the camera does not have it. */
  number(name: string): number | undefined {
    const property = this.#list.find((candidate) => candidate.name === name)
    return property?.type === 'number' ? property.value : undefined
  }

  /** The feature as it was read last. */
  feature(name: string): Feature | undefined {
    return this.#features.get(name)
  }

  onChanged(listener: () => void): () => void {
    return this.#changed.on(listener)
  }

  /** `listener` is called when values that changed could not be read. */
  onFailed(listener: (error: CoverslipError) => void): () => void {
    return this.#failed.on(listener)
  }

  /** To be called before the camera is told to acquire: what it locks then is told as `lockedWhileAcquiring`. */
  acquisitionBegins(): void {
    this.#locks.begin()
  }

  /** To be called when the camera acquires and what changed by that is read. */
  acquisitionBegun(): void {
    this.#locks.begun()
    this.#announce()
  }

  /** To be called when the camera stands still and what is free again is read. */
  acquisitionEnded(): void {
    this.#locks.end()
    this.#announce()
  }

  /** Sets a property, and resolves when what it changed is read back. */
  async set(name: string, value: PropertyValue): Promise<void> {
    const { nodeMap, deviceName } = this.#options
    const property = findProperty(deviceName, this.#list, name)
    checkPropertyValue(property, value)
    if (property.lockedWhileAcquiring === true && this.#locks.acquiring) {
      if (property.value === value) return
      throw new CoverslipError('PROPERTY_READ_ONLY', `${property.title} of ${deviceName} cannot change now`, {
        hint: 'Stop the acquisition first.',
        data: { property: name },
      })
    }
    const standard = this.#standard.find((candidate) => candidate.name === name)
    if (standard === undefined) await this.#setFeature(name, value)
    else await standard.set(nodeMap, value, this.#features)
    await this.refreshed()
  }

  /** Resolves when nothing is known to be out of date. */
  async refreshed(): Promise<void> {
    while ((this.#stale.size > 0 || this.#refreshing !== undefined) && !this.#closed) {
      this.#refreshing ??= this.#refresh().finally(() => {
        this.#refreshing = undefined
      })
      await this.#refreshing
    }
  }

  close(): void {
    this.#closed = true
    for (const end of this.#subscriptions.splice(0)) end()
  }

  async #setFeature(name: string, value: PropertyValue): Promise<void> {
    const { nodeMap } = this.#options
    const feature = this.#features.get(name)
    if (feature === undefined) return
    const inFeature = featureValue(feature, value)
    if (inFeature === undefined) {
      await nodeMap.execute(name)
      return this.#until(() => nodeMap.isDone(name))
    }
    await nodeMap.set(name, inFeature)
    if (typeof value === 'number' || feature.kind === 'enumeration') await this.#arrived(name, value)
  }

  /**
   * Motors (of a lens, a filter wheel) take their time to be where they were sent: resolves when the feature has the
   * value, or, if it is a number, does not change any more.
   */
  async #arrived(name: string, value: PropertyValue): Promise<void> {
    const { nodeMap } = this.#options
    let before: FeatureValue | undefined
    await this.#until(async () => {
      // Not the value that was written and is still known.
      nodeMap.invalidate(name)
      const now = await nodeMap.get(name)
      const standsStill = typeof value === 'number' && now === before
      before = now
      return standsStill || isThere(now, value)
    })
    // A register that is not cached may have been read for the list before it had the value.
    this.#stale.add(name)
  }

  /** Resolves when `isDone`, or when that takes too long: then what the camera says is shown. */
  async #until(isDone: () => Promise<boolean>): Promise<void> {
    const giveUpMs = performance.now() + doneMs
    while (!(await isDone()) && performance.now() < giveUpMs && !this.#closed) {
      await new Promise((resolve) => setTimeout(resolve, donePollMs))
    }
  }

  #follow(): void {
    const { nodeMap } = this.#options
    const refresh = () => {
      this.refreshed().catch((error: unknown) =>
        this.#failed.emit(CoverslipError.from(error, 'DEVICE_FAILED')),
      )
    }
    this.#subscriptions.push(
      nodeMap.onChanged((names) => {
        for (const name of names) if (this.#features.has(name)) this.#stale.add(name)
        refresh()
      }),
    )
    if (nodeMap.pollingMs === undefined) return
    const everyMs = Math.max(leastPollingMs, nodeMap.pollingMs)
    const timer = setInterval(() => {
      // A slow camera is not asked again before it has answered.
      if (this.#refreshing === undefined) nodeMap.poll(everyMs)
    }, everyMs)
    this.#subscriptions.push(() => clearInterval(timer))
  }

  async #refresh(): Promise<void> {
    const names = [...this.#stale]
    this.#stale.clear()
    try {
      for (const name of names) {
        const feature = await this.#options.nodeMap.feature(name)
        this.#locks.observe(this.#features.get(name), feature)
        this.#features.set(name, feature)
      }
    } catch (error) {
      for (const name of names) this.#stale.add(name)
      throw error
    }
    this.#announce()
  }

  #announce(): void {
    if (this.#closed) return
    this.#describe()
    this.#changed.emit()
  }

  #describe(): void {
    const features = new Map<string, Feature>()
    for (const [name, feature] of this.#features) features.set(name, this.#locks.unlocked(feature))
    const standard = this.#standard.flatMap((property) => {
      const description = property.describe(features)
      if (description === undefined) return []
      return [{ description: this.#locked(description, property.features), replaces: property.replaces }]
    })
    const replaced = new Set(standard.flatMap(({ replaces }) => replaces))
    const own = this.#options.nodeMap.featureNames.flatMap((name) => {
      const feature = replaced.has(name) ? undefined : features.get(name)
      const property = feature && featureProperty(feature)
      return property === undefined ? [] : [this.#locked(property, [name])]
    })
    this.#list = [...standard.map(({ description }) => description), ...own]
  }

  /** The property, marked if one of the features it is made of is locked by acquisitions. */
  #locked(property: PropertyDescriptorInput, features: readonly string[]): PropertyDescriptorInput {
    if (property.readOnly === true || !features.some((name) => this.#locks.has(name))) return property
    return { ...property, lockedWhileAcquiring: true }
  }
}

function isThere(now: FeatureValue, value: PropertyValue): boolean {
  if (typeof value !== 'number') return now === value
  return Math.abs(Number(now) - value) <= 1e-6 * Math.max(1, Math.abs(value))
}
