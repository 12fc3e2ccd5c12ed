/** What the engine's thread and a device worker say to each other. Frames do not come this way: they are in the FrameRing. */
import type {
  DeviceDescription,
  Preset,
  PropertyDescriptorInput,
  PropertyValue,
} from '../../src-shared/devices.ts'
import type { SerializedError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'

/** How to open one connection: given to the worker as its `workerData`. */
export type DeviceWorkerData = {
  /** URL of the driver's module. */
  readonly driverUrl: string
  readonly address: string
  readonly options: Readonly<Record<string, unknown>>
}

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
  | { readonly call: 'close' }
  /** Answered by the worker itself: is its thread alive? */
  | { readonly call: 'ping' }

export type DeviceRequest = DeviceCall & { readonly id: number }

export type OpenedDevice = {
  readonly description: DeviceDescription
  readonly properties: readonly PropertyDescriptorInput[]
  readonly position?: StagePosition
  /** Cameras: where their frames are. */
  readonly ring?: FrameRingMemory
}

export type DeviceMessage =
  | {
      readonly type: 'opened'
      readonly driverId: string
      readonly demo: boolean
      readonly devices: readonly OpenedDevice[]
      readonly presets: readonly Preset[]
    }
  | { readonly type: 'openFailed'; readonly error: SerializedError }
  | {
      readonly type: 'reply'
      readonly id: number
      readonly result: 'done'
      readonly position?: StagePosition
    }
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
  /** Something went wrong that does not end the acquisition. */
  | { readonly type: 'fault'; readonly deviceId: string; readonly error: SerializedError }
  /** The driver says that the hardware is gone. */
  | { readonly type: 'lost'; readonly error: SerializedError }
