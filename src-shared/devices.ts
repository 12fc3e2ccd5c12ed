/** Devices as the engine, the drivers and the UI describe them to each other. */
import { z } from 'zod'
import { stagePositionSchema } from './frames/frame-info.ts'

/** What a device is for. */
export const deviceKindSchema = z.enum(['camera', 'stage', 'light', 'turret', 'shutter', 'autofocus'])
export type DeviceKind = z.infer<typeof deviceKindSchema>

/** Value of a property, of the type that its descriptor says. */
export const propertyValueSchema = z.union([z.number(), z.string(), z.boolean()])
export type PropertyValue = z.infer<typeof propertyValueSchema>

/** How much somebody must know of the device to need a property. */
export const propertyLevelSchema = z.enum(['beginner', 'expert', 'guru'])
export type PropertyLevel = z.infer<typeof propertyLevelSchema>

const propertyBase = {
  /** Stable identifier within the device, camelCase with the unit where there is one: `exposureMs`. */
  name: z.string().min(1).max(100),
  /** What the user reads: `Exposure`. */
  title: z.string(),
  /** Group in the property browser: `Exposure`, `Geometry`, `Trigger`, ... */
  category: z.string(),
  description: z.string().optional(),
  readOnly: z.boolean().default(false),
  /** True: this property cannot change while frames are being acquired. */
  lockedWhileAcquiring: z.boolean().default(false),
  /** Who needs it, as GenICam's visibility: the property browser hides what is beyond the level the user chose. */
  level: propertyLevelSchema.default('beginner'),
}

/** One setting of a device: enough to validate a new value and to build a control for it. */
export const propertyDescriptorSchema = z.discriminatedUnion('type', [
  z.object({
    ...propertyBase,
    type: z.literal('number'),
    value: z.number(),
    unit: z.string().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    /** Distance of allowed values, counted from `min` (or 0). */
    step: z.number().positive().optional(),
    /** `log`: a slider over decades suits, as for exposure. */
    scale: z.enum(['linear', 'log']).default('linear'),
  }),
  z.object({
    ...propertyBase,
    type: z.literal('option'),
    value: z.string(),
    options: z.array(z.string()).min(1),
  }),
  z.object({ ...propertyBase, type: z.literal('boolean'), value: z.boolean() }),
  z.object({ ...propertyBase, type: z.literal('text'), value: z.string() }),
  /** Something the device does when told to: setting it to true does it. Its value is always false. */
  z.object({ ...propertyBase, type: z.literal('command'), value: z.literal(false) }),
])
export type PropertyDescriptor = z.infer<typeof propertyDescriptorSchema>
/** A descriptor as a driver writes it: fields with defaults may be left out. */
export type PropertyDescriptorInput = z.input<typeof propertyDescriptorSchema>

/** Names that mean the same on every device that has them, so that the UI and acquisition can rely on them. */
export const standardProperty = {
  exposureMs: 'exposureMs',
  gain: 'gain',
  frameRate: 'frameRate',
  binning: 'binning',
  pixelFormat: 'pixelFormat',
  roiX: 'roiX',
  roiY: 'roiY',
  roiWidth: 'roiWidth',
  roiHeight: 'roiHeight',
  triggerMode: 'triggerMode',
  blackLevel: 'blackLevel',
  /** Cameras, read-only: temperature of the sensor, °C. */
  temperatureC: 'temperatureC',
  /** Lights: boolean. */
  on: 'on',
  /** Lights: percent of full power, 0 to 100. */
  intensity: 'intensity',
  /** Turrets and wheels: option, the label of the position. */
  position: 'position',
  /** Shutters: boolean. */
  open: 'open',
  /** Autofocus: command; holds once the focus drive stands in focus, and fails when there is no focus to be found. */
  findFocus: 'findFocus',
  /** Autofocus: how far from the surface that it finds the focus shall lie, µm. */
  focusOffset: 'focusOffset',
} as const

/** Travel of one axis, µm. */
export const axisSchema = z.object({ min: z.number(), max: z.number() })

/** Travel of a stage, µm per axis. */
export const stageAxesSchema = z.object({
  x: axisSchema.optional(),
  y: axisSchema.optional(),
  z: axisSchema.optional(),
})
export type StageAxes = z.infer<typeof stageAxesSchema>

/** What a driver says of a device when it is opened. */
export const deviceDescriptionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('camera'),
    id: z.string().min(1),
    name: z.string().min(1),
    model: z.string(),
    serialNumber: z.string().optional(),
    sensorWidth: z.number().int().positive(),
    sensorHeight: z.number().int().positive(),
    /** Largest image the camera can deliver in any of its settings, bytes: the size of a ring slot. */
    maxFrameBytes: z.number().int().positive(),
  }),
  z.object({
    kind: z.literal('stage'),
    id: z.string().min(1),
    name: z.string().min(1),
    model: z.string(),
    axes: stageAxesSchema,
    /** Which way z brings objective and specimen together; absent: taken to be up, so that `min` is safe. */
    focusTowardsSpecimen: z.enum(['up', 'down']).optional(),
    /**
     * Its focus drive steps through a stack by itself, and has these cameras (ids of the same connection) expose in each
     * plane by a trigger cable.
     */
    triggeredStack: z
      .object({ cameras: z.array(z.string()), maxPlanes: z.number().int().positive() })
      .optional(),
  }),
  z.object({
    kind: z.enum(['light', 'turret', 'shutter', 'autofocus']),
    id: z.string().min(1),
    name: z.string().min(1),
    model: z.string(),
  }),
])
export type DeviceDescription = z.infer<typeof deviceDescriptionSchema>

/** A named set of property values, e.g. the channel `GFP`: which light, which filter, how bright. */
export const presetSchema = z.object({
  group: z.string().min(1),
  name: z.string().min(1),
  /** CSS colour for the UI. */
  color: z.string().optional(),
  settings: z.array(z.object({ deviceId: z.string(), property: z.string(), value: propertyValueSchema })),
})
export type Preset = z.infer<typeof presetSchema>

/** A preset as it is listed. `own`: made here by a user, who can rename and remove it; others come with the hardware. */
export const knownPresetSchema = presetSchema.extend({ own: z.literal(true).optional() })
export type KnownPreset = z.infer<typeof knownPresetSchema>

/** The group of presets that is usual for channels, as in useq-schema and Micro-Manager. */
export const usualChannelGroup = 'Channel'

/** The group whose presets are the channels: `Channel`, or the first group where there is none of that name. */
export function channelGroup(presets: readonly Preset[]): string {
  const first = presets.find(({ group }) => group === usualChannelGroup) ?? presets[0]
  return first?.group ?? usualChannelGroup
}

/** What a user keeps as a preset. */
export const newPresetSchema = z.strictObject({
  group: z.string().trim().min(1).max(100).default(usualChannelGroup),
  name: z.string().trim().min(1).max(100),
  /** `#rrggbb`, for the UI and for the images of the channel. */
  color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .optional(),
  settings: z
    .array(
      z.strictObject({
        deviceId: z.string().min(1).max(200),
        property: z.string().min(1).max(100),
        value: propertyValueSchema,
      }),
    )
    .min(1)
    .max(200),
})
export type NewPreset = z.infer<typeof newPresetSchema>

/** Whether a device can be used. */
export const deviceStatusSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('connecting') }),
  z.object({ state: z.literal('ready') }),
  /** Lost or failed to open; `retryAt` (Unix ms) says when the registry tries again. */
  z.object({
    state: z.literal('error'),
    message: z.string(),
    hint: z.string().optional(),
    retryAt: z.number().optional(),
  }),
])
export type DeviceStatus = z.infer<typeof deviceStatusSchema>

/** How well a camera's frames arrive, counted since it was started; absent counts do not apply to its interface. */
export const cameraHealthSchema = z.object({
  /** Frames per second and bytes per second over the last second. */
  framesPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  frames: z.number().int().nonnegative(),
  /** Frames that arrived with pixels missing (delivered flagged, or dropped). */
  incompleteFrames: z.number().int().nonnegative().optional(),
  /** Packets of pixels that arrived. */
  packets: z.number().int().nonnegative().optional(),
  /** Packets that did not arrive at first, how often they were asked for again, and how many came then. */
  lostPackets: z.number().int().nonnegative().optional(),
  resendRequests: z.number().int().nonnegative().optional(),
  resentPackets: z.number().int().nonnegative().optional(),
})
export type CameraHealth = z.infer<typeof cameraHealthSchema>

/** A device as the UI sees it. */
export const deviceStateSchema = z.object({
  id: z.string(),
  /** The driver connection it belongs to: devices of one connection live and fail together. */
  connectionId: z.string(),
  driver: z.string(),
  /** True for simulated devices: the UI says so. */
  demo: z.boolean(),
  description: deviceDescriptionSchema,
  status: deviceStatusSchema,
  properties: z.array(propertyDescriptorSchema),
  /** Stages only: last known position, µm. */
  position: stagePositionSchema.optional(),
  /** Cameras only: true while somebody holds an acquisition lease. */
  acquiring: z.boolean().optional(),
  /** Cameras that tell, while they acquire. */
  health: cameraHealthSchema.optional(),
})
export type DeviceState = z.infer<typeof deviceStateSchema>
