/** What the engine's thread and a device worker say to each other. Frames do not come this way: they are in the FrameRing. */
import type {
  CameraHealth,
  DeviceDescription,
  Preset,
  PropertyDescriptorInput,
  PropertyValue,
} from '../../src-shared/devices.ts'
import type { SerializedError } from '../../src-shared/errors.ts'
import type { DriverManifest } from '../../src-shared/hardware.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'

/** Where a driver is. */
export type DriverModule = {
  /** URL of the driver's module. */
  readonly driverUrl: string
  /** What a driver of the user has announced in its `manifest.json`, and must be. */
  readonly declared?: DriverManifest
}

/** Settings to be restored, by the serial number of the device and the name of the property, in the order of being made. */
export type SavedSettings = Readonly<Record<string, Readonly<Record<string, PropertyValue>>>>

/** A saved setting that does not fit any more. */
export type NotRestored = {
  readonly property: string
  readonly value: PropertyValue
  readonly reason: string
}

/** How to open one connection: given to the worker as its `workerData`. */
export type DeviceWorkerData = DriverModule & {
  readonly address: string
  readonly options: Readonly<Record<string, unknown>>
  /** Begins the ids of its devices, so that two connections of one kind can be told apart; absent: nothing. */
  readonly idPrefix?: string
  readonly savedSettings?: SavedSettings
}

/** What the engine asks of a driver. */
export type DeviceCall =
  | {
      readonly call: 'setProperty'
      readonly deviceId: string
      readonly name: string
      readonly value: PropertyValue
    }
  | { readonly call: 'startCamera'; readonly deviceId: string }
  | { readonly call: 'stopCamera'; readonly deviceId: string }
  | { readonly call: 'trigger'; readonly deviceId: string }
  | { readonly call: 'moveStage'; readonly deviceId: string; readonly target: StagePosition }
  | { readonly call: 'stopStage'; readonly deviceId: string }
  | { readonly call: 'readPosition'; readonly deviceId: string }
  | { readonly call: 'runStack'; readonly deviceId: string; readonly planesUm: readonly number[] }
  /** Answered when everything that has changed until then has been told. */
  | { readonly call: 'tellChanges' }
  | { readonly call: 'close' }
  /** Answered by the worker itself: is its thread alive? */
  | { readonly call: 'ping' }

/** What a driver has answered to a call. */
export type DeviceAnswer = {
  /** Where a stage stands. */
  readonly position?: StagePosition
  /** In how many planes a focus drive has triggered the cameras. */
  readonly triggered?: number
}

/** A call and the number that its reply has. */
export type DeviceRequest = DeviceCall & { readonly id: number }

/** A device of a connection that has been opened; its id begins with the connection's prefix. */
export type OpenedDevice = {
  readonly description: DeviceDescription
  readonly properties: readonly PropertyDescriptorInput[]
  readonly position?: StagePosition
  /** Cameras: where their frames are. */
  readonly ring?: FrameRingMemory
  /** Cameras: what the engine tells their frames of (`FrameSurroundings`). */
  readonly surroundings?: SharedArrayBuffer
  /** Cameras: the driver tells their health. */
  readonly tellsHealth?: boolean
  readonly notRestored: readonly NotRestored[]
}

/** What a worker tells the engine. */
export type DeviceMessage =
  | {
      readonly type: 'opened'
      readonly driverId: string
      readonly demo: boolean
      readonly devices: readonly OpenedDevice[]
      readonly presets: readonly Preset[]
      /** Why devices of the connection are not among these. */
      readonly missing: readonly SerializedError[]
    }
  | { readonly type: 'openFailed'; readonly error: SerializedError }
  | ({
      readonly type: 'reply'
      readonly id: number
      readonly result: 'done'
    } & DeviceAnswer)
  | {
      readonly type: 'reply'
      readonly id: number
      readonly result: 'failed'
      readonly error: SerializedError
    }
  | {
      readonly type: 'properties'
      readonly deviceId: string
      readonly properties: readonly PropertyDescriptorInput[]
    }
  | { readonly type: 'moved'; readonly deviceId: string; readonly position: StagePosition }
  | { readonly type: 'health'; readonly deviceId: string; readonly health: CameraHealth }
  /** Something went wrong that does not end the acquisition. */
  | { readonly type: 'fault'; readonly deviceId: string; readonly error: SerializedError }
  /** The driver says that the hardware is gone. */
  | { readonly type: 'lost'; readonly error: SerializedError }
