/**
 * The engine: devices, live view, settings and alerts, without any way in of its own. The desktop window, the HTTP
 * server and tests are its hosts.
 *
 * @example
 * const engine = await createEngine({ connections: [demoConnection()] })
 * await engine.liveView.startLiveView({})
 * engine.liveView.on((event) => console.log(event.type))
 */
import { join } from 'node:path'
import type { EngineEvent, EngineSnapshot } from '../../src-shared/contract/events.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { RateLimits } from '../access/rate-limits.ts'
import { Capture } from '../acquisition/capture.ts'
import type { ConnectionConfig } from '../devices/connection-supervisor.ts'
import { DeviceRegistry, type RegistryOptions } from '../devices/device-registry.ts'
import { DriverCatalog } from '../devices/driver-catalog.ts'
import { FrameHub } from '../live-view/frame-hub.ts'
import { LiveViewController } from '../live-view/live-view-controller.ts'
import type { LiveAcquisitionSignal } from '../live-view/live-view-events.ts'
import { StreamMemory } from '../live-view/stream-memory.ts'
import { ViewerBoard } from '../live-view/viewer-board.ts'
import { WebrtcViewers } from '../live-view/webrtc/webrtc-viewers.ts'
import type { WebrtcSignalling } from '../live-view/webrtc/webrtc-signalling.ts'
import { AlertBoard } from './alert-board.ts'
import { offersPerSecond } from './answer-offer.ts'
import { connectionConfig, demoConnection } from './connections.ts'
import { DeviceSettingsFile } from './device-settings-file.ts'
import { Hardware } from './hardware.ts'
import { type ConnectionSetting, HardwareFile } from './hardware-file.ts'
import { jpegStill } from './jpeg-still.ts'
import { SettingsFile } from './settings-file.ts'
import { WhipPublisher } from './whip-publisher.ts'

export type EngineConfig = {
  /** What there is, for this run only; absent: what the hardware file says. */
  readonly connections?: readonly (ConnectionSetting | ConnectionConfig)[]
  /** Absent: `hardware.json` in the data folder, and the demo microscope as long as there is none. */
  readonly hardwareFile?: string
  /** Where settings, images and the user's drivers (`drivers`) are; absent: nothing is kept. */
  readonly dataFolder?: string
  readonly limits?: RegistryOptions['limits']
  readonly backOff?: RegistryOptions['backOff']
}

/** The engine's part of a snapshot; who is asking and what is shared, the host adds. */
export type EngineState = Omit<EngineSnapshot, 'type' | 'caller' | 'control' | 'sharing'>

export type Engine = {
  readonly devices: DeviceRegistry
  readonly hardware: Hardware
  readonly liveView: LiveViewController
  readonly frames: FrameHub
  readonly viewers: ViewerBoard
  readonly capture: Capture
  readonly webrtc: WebrtcSignalling
  /** Of WebRTC offers, by caller: each costs a peer. */
  readonly offerLimits: RateLimits
  readonly alerts: AlertBoard
  readonly settings: SettingsFile
  /** In-process requests of other parts of the engine to start or stop the live view. */
  readonly signals: Emitter<LiveAcquisitionSignal>
  /** Everything of the engine that is so now. */
  snapshot(): EngineState
  /** All changes of the engine. */
  on(listener: (event: EngineEvent) => void): () => void
  /** Stops streams and cameras, closes devices, saves settings. Safe to call more than once. */
  close(): Promise<void>
}

/**
 * Makes an engine and opens its devices; devices that cannot be opened become alerts and are tried again.
 * @throws CoverslipError SETTINGS_FILE when the settings cannot be read; HARDWARE_FILE when the hardware file cannot be
 *   read, or was named and is not there or not valid.
 */
export async function createEngine(config: EngineConfig): Promise<Engine> {
  const alerts = new AlertBoard()
  const inData = (name: string) =>
    config.dataFolder === undefined ? undefined : join(config.dataFolder, name)
  const settings = await SettingsFile.open({
    path: inData('settings.json'),
    alerts,
  })
  const deviceSettings = await DeviceSettingsFile.open({ path: inData('device-settings.json'), alerts })
  const given = config.connections ?? []
  const hardwareFile = await HardwareFile.open({
    path: config.connections === undefined ? (config.hardwareFile ?? inData('hardware.json')) : undefined,
    named: config.hardwareFile !== undefined,
    initial: config.connections === undefined ? [demoConnection()] : given.filter(isSetting),
    alerts,
  })
  const drivers = new DriverCatalog({
    userFolder: inData('drivers'),
    allowed: () => settings.settings.allowedDrivers,
  })
  const configured = config.connections ?? hardwareFile.settings.connections
  const devices = new DeviceRegistry({
    connections: configured.map((connection) =>
      isSetting(connection) ? connectionConfig(connection, { drivers, deviceSettings }) : connection,
    ),
    alerts,
    preferences: {
      nameOf: (deviceId) => hardwareFile.settings.names[deviceId],
      presets: () => hardwareFile.settings.presets,
      propertySet: (device, property, value) => deviceSettings.set(device, property, value),
    },
    ...(config.limits === undefined ? {} : { limits: config.limits }),
    ...(config.backOff === undefined ? {} : { backOff: config.backOff }),
  })
  const hardware = new Hardware({
    devices,
    file: hardwareFile,
    deviceSettings,
    drivers,
    settings,
    alerts,
    dataFolder: config.dataFolder,
  })
  const frames = new FrameHub()
  const viewers = new ViewerBoard()
  const { streamParams, lastProtocol } = settings.settings
  const liveView = new LiveViewController({
    registry: devices,
    hub: frames,
    alerts,
    memory: new StreamMemory({ streamParams, lastProtocol }, (state) => settings.change(state)),
    settings: () => settings.settings,
  })
  const webrtc = new WebrtcViewers({
    liveView,
    viewers,
    iceServers: () => settings.settings.iceServers,
  })
  const capture = new Capture({
    devices,
    dataFolder: config.dataFolder,
    jpegOf: (frame) => jpegStill(frame, liveView.getActiveStreams()),
  })
  const whip = new WhipPublisher({ webrtc, settings, alerts })
  const signals = new Emitter<LiveAcquisitionSignal>()
  signals.on((signal) => {
    liveView.signal(signal).catch((error: unknown) => {
      alerts.raise({
        id: `signal:${signal.type}`,
        severity: 'warning',
        source: 'Live view',
        message: error instanceof Error ? error.message : String(error),
      })
    })
  })

  const events = new Emitter<EngineEvent>()
  devices.on((event) => {
    if (event.type !== 'connectionsChanged') events.emit(event)
  })
  hardware.on((state) => events.emit({ type: 'hardwareChanged', hardware: state }))
  alerts.on((event) => events.emit(event))
  viewers.on((list) => events.emit({ type: 'viewersChanged', viewers: [...list] }))
  settings.on((changed) => events.emit({ type: 'settingsChanged', settings: changed }))
  liveView.on((event) => {
    if (event.type !== 'frameReady') events.emit(event)
  })

  let closing: Promise<void> | undefined
  const engine: Engine = {
    devices,
    hardware,
    liveView,
    frames,
    viewers,
    capture,
    webrtc,
    offerLimits: new RateLimits(offersPerSecond),
    alerts,
    settings,
    signals,
    snapshot: () => ({
      devices: devices.devices(),
      presets: devices.presets(),
      hardware: hardware.state(),
      streams: liveView.getActiveStreams(),
      alerts: alerts.list(),
      settings: settings.settings,
      viewers: viewers.list(),
    }),
    on: (listener) => events.on(listener),
    close: () => {
      closing ??= (async () => {
        try {
          await whip.close()
          await liveView.close()
        } finally {
          // A camera that does not stop must not keep the others, and the settings, from being closed.
          await hardware.close()
          await devices.close()
          await settings.close()
        }
      })()
      return closing
    },
  }
  await devices.open()
  whip.start()
  return engine
}

const isSetting = (connection: ConnectionSetting | ConnectionConfig): connection is ConnectionSetting =>
  'driver' in connection
