/**
 * What a driver is: a module whose default export is a `Driver`. It runs in a worker thread of its own, one per
 * open connection, so that a driver that throws, hangs or floods takes down only its own devices.
 *
 * All methods may throw (or reject with) a `CoverslipError`; any other error is wrapped and shown with the device's name.
 */
import type {
  CameraHealth,
  DeviceDescription,
  Preset,
  PropertyDescriptorInput,
  PropertyValue,
} from '../../src-shared/devices.ts'
import type { DoctorCheck } from '../../src-shared/doctor.ts'
import type { FrameInfo, StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { DriverManifest } from '../../src-shared/hardware.ts'

export type { DriverManifest, DriverPermission } from '../../src-shared/hardware.ts'

/** Hardware that a search has found. */
export type DiscoveredConnection = {
  /** What to give to `open`, e.g. an IP address or a folder. */
  readonly address: string
  readonly title: string
  /** What tells this one from others of its kind, for the user: maker, model, serial number, MAC. */
  readonly detail?: string
  readonly serialNumber?: string
  /** What to give to `open` besides the address. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** Where to search, and until when. */
export type DiscoveryRequest = {
  readonly signal: AbortSignal
  /**
   * IPv4 addresses of this computer's interfaces that the user chose to search. Nothing is ever sent on another one;
   * empty: nothing is searched on any network.
   */
  readonly interfaces: readonly string[]
}

/** What a driver's module exports. */
export interface Driver {
  readonly manifest: DriverManifest
  /** Looks for connections; must end soon after `signal` aborts. Drivers whose address cannot be guessed return []. */
  discover(request: DiscoveryRequest): Promise<readonly DiscoveredConnection[]>
  /**
   * What commonly keeps this driver's hardware from working, checked now: a missing program, a permission. Must end soon
   * after `signal` aborts. The ids of checks begin with the driver's.
   */
  diagnose?(request: DiscoveryRequest): Promise<readonly DoctorCheck[]>
  /** Opens the hardware at `address`. `options` come from the hardware configuration and are validated by the driver. */
  open(address: string, options: Readonly<Record<string, unknown>>): Promise<Connection>
}

/** One open piece of hardware with its devices; they share a thread and a fate. */
export interface Connection {
  readonly devices: readonly Device[]
  /** Presets the hardware brings along (channels of the demo microscope); users add their own. */
  readonly presets?: readonly Preset[]
  /**
   * What belongs to this connection and could not be opened with the rest: an error for each, which names it. The user is
   * told, and the other devices can be used.
   */
  readonly missing?: readonly Error[]
  /** Rejects, or is called by the driver through `onLost`, when the hardware is gone. */
  onLost?(listener: (reason: Error) => void): () => void
  /** Stops everything and frees the hardware. Called once. */
  close(): Promise<void>
}

/** Any device. */
export type Device = CameraDevice | StageDevice | PropertyDevice

interface DeviceBase {
  /** All properties with their present values; called after each change announced by `onPropertiesChanged`. */
  properties(): readonly PropertyDescriptorInput[]
  /** Sets one property. The value has been checked against its descriptor. Resolves when it holds. */
  setProperty(name: string, value: PropertyValue): Promise<void>
  /** `listener` is called when any property (value or limits) may have changed, also after `setProperty`. */
  onPropertiesChanged(listener: () => void): () => void
}

/**
 * A device that is nothing but its properties: lights (`on`, `intensity`), turrets (`position`), shutters (`open`),
 * autofocus (`findFocus`, which holds once z stands in focus and rejects when it is not found; `focusOffset`).
 */
export interface PropertyDevice extends DeviceBase {
  readonly description: Extract<DeviceDescription, { kind: 'light' | 'turret' | 'shutter' | 'autofocus' }>
}

/** A device that delivers frames. */
export interface CameraDevice extends DeviceBase {
  readonly description: Extract<DeviceDescription, { kind: 'camera' }>
  /** Starts acquiring; frames go to `sink` until `stop`. Sequence numbers start at 0. Never called while running. */
  start(sink: FrameSink): Promise<void>
  /** Stops acquiring. After it resolves the sink is not touched again. Safe to call when stopped. */
  stop(): Promise<void>
  /** Takes one frame in software-trigger mode. */
  trigger(): Promise<void>
  /** How well frames arrive; asked about once a second while the camera runs. */
  health?(): CameraHealth
}

/** Where a camera puts its frames: slots of the FrameRing, filled in place. */
export interface FrameSink {
  /**
   * The next free slot, to be filled with the pixels of one frame (bytes; as long as `maxFrameBytes`).
   * The same slot is handed out again until `commit`. The view stays valid only until then.
   */
  slot(): Uint8Array<SharedArrayBuffer>
  /**
   * Publishes the slot. `hostTimeNs` is set by the sink; so are `stage`, `channel` and `pixelSizeUm` where the driver does
   * not tell them, as far as the engine knows them.
   */
  commit(info: Omit<FrameInfo, 'hostTimeNs'>): void
  /** Reports an error that does not end the acquisition (a frame that could not be read); shown as an alert. */
  fault(error: Error): void
}

/** A device that moves the specimen or the focus. */
export interface StageDevice extends DeviceBase {
  readonly description: Extract<DeviceDescription, { kind: 'stage' }>
  /** Present position, µm. */
  position(): StagePosition
  /** Moves the named axes to absolute positions, µm (checked against the travel). Resolves when arrived. */
  moveTo(target: StagePosition): Promise<void>
  /** Halts all axes; a pending `moveTo` or `runStack` resolves where the stage stands. */
  stop(): Promise<void>
  /**
   * For stages whose description has `triggeredStack`: goes through the focus planes (µm, checked against the travel and
   * `maxPlanes`) by itself. In each, once settled, it has the cameras at its trigger cable, which wait in the trigger
   * mode `external`, expose once, and goes on when the exposure has ended. Resolves in the last plane, or where it was
   * stopped, with the number of planes in which it has triggered them.
   */
  runStack?(planesUm: readonly number[]): Promise<number>
  onMoved(listener: (position: StagePosition) => void): () => void
}
