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
import type { AcquisitionStatus } from '../../src-shared/acquisition/acquisition-status.ts'
import type { EngineEvent, EngineSnapshot } from '../../src-shared/contract/events.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { RateLimits } from '../access/rate-limits.ts'
import { AcquisitionTurn } from '../acquisition/acquisition-turn.ts'
import { Capture } from '../acquisition/capture.ts'
import { FocusScores } from '../acquisition/focus/focus-scores.ts'
import { ImageFocus } from '../acquisition/focus/image-focus.ts'
import { Gallery } from '../acquisition/gallery/gallery.ts'
import { PlanTemplates } from '../acquisition/plans/plan-templates.ts'
import { Pyramids } from '../acquisition/pyramids/pyramids.ts'
import { InterruptedRecordings } from '../acquisition/recording/interrupted-recordings.ts'
import { Recorder } from '../acquisition/recording/recorder.ts'
import { RecordingWorkers } from '../acquisition/recording/recording-workers.ts'
import { Acquisition } from '../acquisition/run/acquisition.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import { FrameHub } from '../live-view/frame-hub.ts'
import { LiveViewController } from '../live-view/live-view-controller.ts'
import type { LiveAcquisitionSignal } from '../live-view/live-view-events.ts'
import { StreamMemory } from '../live-view/stream-memory.ts'
import { ViewerBoard } from '../live-view/viewer-board.ts'
import { WebrtcViewers } from '../live-view/webrtc/webrtc-viewers.ts'
import type { WebrtcSignalling } from '../live-view/webrtc/webrtc-signalling.ts'
import { AlertBoard } from './alert-board.ts'
import { offersPerSecond } from './answer-offer.ts'
import type { Hardware } from './hardware.ts'
import { jpegStill } from './jpeg-still.ts'
import { type HardwareConfig, openHardware } from './open-hardware.ts'
import { software } from '../software.ts'
import { SettingsFile } from './settings-file.ts'
import type { UserPresets } from './user-presets.ts'
import { WhipPublisher } from './whip-publisher.ts'

/** What an engine is started with. */
export type EngineConfig = HardwareConfig

/** The engine's part of a snapshot; who is asking and what is shared, the host adds. */
export type EngineState = Omit<EngineSnapshot, 'type' | 'caller' | 'control' | 'sharing'>

/** The parts that hosts use. */
export type Engine = {
  readonly devices: DeviceRegistry
  readonly hardware: Hardware
  /** Presets that users keep. */
  readonly presets: UserPresets
  readonly liveView: LiveViewController
  readonly frames: FrameHub
  readonly viewers: ViewerBoard
  readonly capture: Capture
  readonly recorder: Recorder
  readonly acquisition: Acquisition
  /** The focus by the image. */
  readonly focus: ImageFocus
  readonly focusScores: FocusScores
  /** Plans that the user keeps. */
  readonly plans: PlanTemplates
  readonly gallery: Gallery
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
  const settings = await SettingsFile.open({
    path: config.dataFolder === undefined ? undefined : join(config.dataFolder, 'settings.json'),
    alerts,
  })
  const { devices, hardware, presets } = await openHardware(config, { settings, alerts })
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
  const gallery = new Gallery({
    dataFolder: config.dataFolder,
    isUnderWay: (id) =>
      [recorder.status, acquisition.status].some(
        (status) => status?.id === id && status.state !== 'finished',
      ),
    letGo: async (id) => (await pyramids?.forget(id)) ?? (() => undefined),
    putBack: async (id) => pyramids?.putBack(id),
  })
  const capture = new Capture({
    devices,
    dataFolder: config.dataFolder,
    kept: () => gallery.changed(),
    jpegOf: (frame) => jpegStill(frame, liveView.getActiveStreams()),
  })
  const turn = new AcquisitionTurn()
  const { dataFolder } = config
  const recordingWorkers = new RecordingWorkers()
  const common = { devices, alerts, turn, dataFolder, software }
  const recorder = new Recorder({ ...common, workers: recordingWorkers })
  const acquisition = new Acquisition({ ...common, freeMemory: () => recordingWorkers.endIdle() })
  const focus = new ImageFocus({ devices, turn })
  const plans = new PlanTemplates(config.dataFolder)
  const pyramids = dataFolder === undefined ? undefined : new Pyramids({ dataFolder, alerts })
  const interrupted =
    dataFolder === undefined
      ? undefined
      : new InterruptedRecordings({ dataFolder, alerts, completed: () => gallery.changed() })
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
  recorder.on((recording) => events.emit({ type: 'recordingChanged', recording }))
  recorder.on(followRun(() => gallery.changed()))
  recorder.on((recording) => pyramids?.follow(recording))
  acquisition.on((status) => events.emit({ type: 'acquisitionChanged', acquisition: status }))
  acquisition.on(followRun(() => gallery.changed()))
  acquisition.on((status) => pyramids?.follow(status))
  focus.on((status) => events.emit({ type: 'focusChanged', focus: status }))
  pyramids?.on(() => gallery.changed())
  gallery.on(() => events.emit({ type: 'galleryChanged' }))
  viewers.on((list) => events.emit({ type: 'viewersChanged', viewers: [...list] }))
  settings.on((changed) => events.emit({ type: 'settingsChanged', settings: changed }))
  liveView.on((event) => {
    if (event.type !== 'frameReady') events.emit(event)
  })

  let closing: Promise<void> | undefined
  const engine: Engine = {
    devices,
    hardware,
    presets,
    liveView,
    frames,
    viewers,
    capture,
    recorder,
    acquisition,
    focus,
    focusScores: new FocusScores(devices),
    plans,
    gallery,
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
      ...(recorder.status === undefined ? {} : { recording: recorder.status }),
      ...(acquisition.status === undefined ? {} : { acquisition: acquisition.status }),
      ...(focus.status === undefined ? {} : { focus: focus.status }),
      viewers: viewers.list(),
    }),
    on: (listener) => events.on(listener),
    close: () => {
      closing ??= (async () => {
        try {
          await whip.close()
          await focus.close()
          await acquisition.close()
          await recorder.close()
          await recordingWorkers.close()
          await interrupted?.close()
          await pyramids?.close()
          await gallery.close()
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
  await interrupted?.start()
  await pyramids?.start()
  await devices.open()
  whip.start()
  return engine
}

/** Calls `changed` when what is acquired begins to be kept, and when it is complete. */
function followRun(changed: () => void): (status: AcquisitionStatus) => void {
  let last = ''
  return ({ id, state }) => {
    const stage = `${id} ${state === 'finished'}`
    if (stage !== last) changed()
    last = stage
  }
}
