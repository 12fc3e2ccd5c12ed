/** Everything the engine tells its users, as one union: a new subscriber first gets a `snapshot`, then what changes. */
import { z } from 'zod'
import { callerSchema, controlStateSchema } from '../access.ts'
import { acquisitionStatusSchema, planStatusSchema } from '../acquisition/acquisition-status.ts'
import { alertSchema } from '../alerts.ts'
import { cameraHealthSchema, deviceStateSchema, knownPresetSchema } from '../devices.ts'
import { focusStatusSchema } from '../focus.ts'
import { stagePositionSchema } from '../frames/frame-info.ts'
import { hardwareStateSchema } from '../hardware.ts'
import { activeStreamSchema, streamStatsSchema } from '../live-view.ts'
import { sharingStateSchema } from '../sharing.ts'
import { settingsSchema } from '../settings.ts'
import { protocolSchema } from '../stream-params.ts'
import { viewerInfoSchema } from '../viewers.ts'

/** What this host of the engine can do; the UI asks for this instead of guessing where it runs. */
export const hostInfoSchema = z.object({
  version: z.string(),
  /** How frames and calls travel to this UI: `ipc` in the desktop window, `network` in a browser. */
  transport: z.enum(['ipc', 'network']),
  /** Protocols that a live view can be started with. */
  protocols: z.array(protocolSchema),
})
export type HostInfo = z.infer<typeof hostInfoSchema>

/** One message to whoever follows the engine. */
export const engineEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    devices: z.array(deviceStateSchema),
    presets: z.array(knownPresetSchema),
    /** Without what is for owners or operators only, where the receiver is neither. */
    hardware: hardwareStateSchema,
    streams: z.array(activeStreamSchema),
    alerts: z.array(alertSchema),
    settings: settingsSchema,
    /** What is being recorded, or was last. */
    recording: acquisitionStatusSchema.optional(),
    /** The plan that runs, or ran last. */
    acquisition: planStatusSchema.optional(),
    /** The search for the focus that is under way, or was the last. */
    focus: focusStatusSchema.optional(),
    /** Whoever receives this. */
    caller: callerSchema,
    control: controlStateSchema,
    viewers: z.array(viewerInfoSchema),
    sharing: sharingStateSchema,
  }),
  z.object({ type: z.literal('deviceChanged'), device: deviceStateSchema }),
  z.object({ type: z.literal('deviceRemoved'), deviceId: z.string() }),
  /** Once a second while a camera acquires; the same as `health` of its device. */
  z.object({ type: z.literal('healthChanged'), deviceId: z.string(), health: cameraHealthSchema }),
  z.object({ type: z.literal('stageMoved'), deviceId: z.string(), position: stagePositionSchema }),
  z.object({ type: z.literal('presetsChanged'), presets: z.array(knownPresetSchema) }),
  /** Connections, drivers, or what a search has found. */
  z.object({ type: z.literal('hardwareChanged'), hardware: hardwareStateSchema }),
  z.object({ type: z.literal('streamStarted'), stream: activeStreamSchema }),
  z.object({ type: z.literal('streamChanged'), stream: activeStreamSchema }),
  z.object({
    type: z.literal('streamStopped'),
    detectorName: z.string(),
    protocol: protocolSchema,
    /**
     * `request`: somebody stopped it; `failed`: see the alerts; `long_exposure`: the exposure was set above the
     * limit; `no_viewer`: the last viewer of a stream that a viewer had started has left.
     */
    reason: z.enum(['request', 'failed', 'long_exposure', 'no_viewer']),
  }),
  z.object({ type: z.literal('streamStats'), stats: streamStatsSchema }),
  /** A few times a second while something is recorded. */
  z.object({ type: z.literal('recordingChanged'), recording: acquisitionStatusSchema }),
  /** A few times a second while a plan runs. */
  z.object({ type: z.literal('acquisitionChanged'), acquisition: planStatusSchema }),
  /** With each plane that a search for the focus has measured. */
  z.object({ type: z.literal('focusChanged'), focus: focusStatusSchema }),
  /** Something was kept, completed or removed. */
  z.object({ type: z.literal('galleryChanged') }),
  z.object({ type: z.literal('alertRaised'), alert: alertSchema }),
  z.object({ type: z.literal('alertCleared'), alertId: z.string() }),
  /** Who operates, or asks to. */
  z.object({ type: z.literal('controlChanged'), control: controlStateSchema }),
  /** Once a second while there are viewers; all of them for owners, others learn only of what they watch themselves. */
  z.object({ type: z.literal('viewersChanged'), viewers: z.array(viewerInfoSchema) }),
  z.object({ type: z.literal('sharingChanged'), sharing: sharingStateSchema }),
  z.object({ type: z.literal('settingsChanged'), settings: settingsSchema }),
])
export type EngineEvent = z.infer<typeof engineEventSchema>
/** The first event of each subscriber: everything as it is. */
export type EngineSnapshot = Extract<EngineEvent, { type: 'snapshot' }>
