/** The features of a GenICam device, evaluated from its XML description and its registers. */
import type { CoverslipError } from '../../../src-shared/errors.ts'
import type { Category, Feature, FeatureValue } from './feature.ts'
import type { RegisterPort } from './register-port.ts'

/** Ports by the names of the description's Port nodes; the registers of the device itself are `Device`. */
export type RegisterPorts = Readonly<Record<string, RegisterPort>>

/** The attributes of the description's root element. */
export type DescribedDevice = {
  readonly vendorName: string
  readonly modelName: string
  readonly toolTip: string
  readonly standardNameSpace: string
  /** Of the schema and of the file: `1.1.0`. */
  readonly schemaVersion: string
  readonly version: string
}

/**
 * Made by `loadNodeMap`. Calls are carried out one after the other, in the order they were made; each reads only what
 * is not cached. All reject with
 * `UNKNOWN_PROPERTY` (no such feature), `PROPERTY_READ_ONLY` (access mode), `OUT_OF_RANGE`, `INVALID_INPUT` (wrong type),
 * `DEVICE_FAILED` (the description is faulty there; `data.node` names the node), or with the port's error.
 */
export interface NodeMap {
  readonly device: DescribedDevice
  /** Categories below `Root`. Needs no device. */
  readonly categories: readonly Category[]
  /** Parts of the description that were left out because they are faulty. */
  readonly faults: readonly CoverslipError[]
  /** Names of all features that are in a category, in the description's order. */
  readonly featureNames: readonly string[]

  /** Whether there is a node of that name that can be used as a feature, in a category or not. */
  has(name: string): boolean
  /** The value of `name`, as its kind has it. */
  get(name: string): Promise<FeatureValue>
  /** The value of an integer, boolean (0, 1) or enumeration (its entry's value) feature. */
  getInteger(name: string): Promise<bigint>
  /** The value of a float or integer feature. */
  getFloat(name: string): Promise<number>
  /** The value of any feature as text: that of a string or enumeration, others as written in decimal. */
  getString(name: string): Promise<string>
  /** Sets `name`; numbers and bigints both serve for integer and float features, enumerations take an entry's name. */
  set(name: string, value: FeatureValue): Promise<void>
  /** Gives the command. Resolves when the device took it, not when it is done: see `isDone`. */
  execute(name: string): Promise<void>
  /** Whether the command given last is done; true for commands that do not tell. */
  isDone(name: string): Promise<boolean>
  /** What holds of `name` now. A faulty description is told in `fault`, a port that fails rejects. */
  feature(name: string): Promise<Feature>
  /** All of `featureNames`, as `feature` tells them. */
  features(): Promise<readonly Feature[]>

  /**
   * `listener` is called with the names of features whose value, limits or access may have changed: after `set` and
   * `execute`, `invalidate`, and when `poll` dropped a value. Those of features in no category are among them.
   */
  onChanged(listener: (names: readonly string[]) => void): () => void
  /** Forgets cached values: those of `name` and what depends on it, or all (after a reconnection, an event). */
  invalidate(name?: string): void
  /**
   * Drops values whose polling time is over, as of `elapsedMs` since the last call, and announces those features.
   * The caller owns the timer, so that nothing runs while nobody looks.
   */
  poll(elapsedMs: number): void
  /** Shortest polling time of any feature, ms: how often `poll` is worth calling; undefined when none polls. */
  readonly pollingMs: number | undefined
}
