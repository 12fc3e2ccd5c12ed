/** The engine's errors as the contract declares them: code → HTTP status, with hint and details as data. */
import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

const data = z.object({
  /** What the user can do about it. */
  hint: z.string().optional(),
  /** Machine-readable details, e.g. the field and its limits. */
  details: z.record(z.string(), z.unknown()).optional(),
})
export type ErrorData = z.infer<typeof data>

/** HTTP status of each error code. */
export const errorStatus = {
  INVALID_INPUT: 400,
  OUT_OF_RANGE: 400,
  UNKNOWN_PROTOCOL: 400,
  REPLAY_SOURCE: 400,
  UNAUTHORIZED: 401,
  HOST_REFUSED: 403,
  FORBIDDEN: 403,
  DRIVER_NOT_ALLOWED: 403,
  PROPERTY_READ_ONLY: 403,
  UNKNOWN_DEVICE: 404,
  UNKNOWN_PROPERTY: 404,
  UNKNOWN_CONNECTION: 404,
  UNKNOWN_DRIVER: 404,
  NO_CAMERA: 404,
  UNKNOWN_TOKEN: 404,
  UNKNOWN_VIEWER: 404,
  UNKNOWN_SESSION: 404,
  PROTOCOL_IN_USE: 409,
  CONTROL_TAKEN: 409,
  LONG_EXPOSURE: 409,
  PORT_IN_USE: 409,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  SETTINGS_FILE: 500,
  HARDWARE_FILE: 500,
  DATA_FOLDER: 500,
  ACQUISITION_RUNNING: 409,
  UNKNOWN_ACQUISITION: 404,
  SHARING: 500,
  PROTOCOL_UNAVAILABLE: 501,
  DEVICE_FAILED: 502,
  DEVICE_UNAVAILABLE: 503,
  DEVICE_TIMEOUT: 504,
} as const satisfies Record<ErrorCode, number>

/** For `oc.errors`: every call may fail with any of these. */
export const errorMap = {
  INVALID_INPUT: { status: errorStatus.INVALID_INPUT, data },
  OUT_OF_RANGE: { status: errorStatus.OUT_OF_RANGE, data },
  UNKNOWN_PROTOCOL: { status: errorStatus.UNKNOWN_PROTOCOL, data },
  REPLAY_SOURCE: { status: errorStatus.REPLAY_SOURCE, data },
  HOST_REFUSED: { status: errorStatus.HOST_REFUSED, data },
  UNAUTHORIZED: { status: errorStatus.UNAUTHORIZED, data },
  FORBIDDEN: { status: errorStatus.FORBIDDEN, data },
  CONTROL_TAKEN: { status: errorStatus.CONTROL_TAKEN, data },
  UNKNOWN_TOKEN: { status: errorStatus.UNKNOWN_TOKEN, data },
  UNKNOWN_VIEWER: { status: errorStatus.UNKNOWN_VIEWER, data },
  UNKNOWN_SESSION: { status: errorStatus.UNKNOWN_SESSION, data },
  LONG_EXPOSURE: { status: errorStatus.LONG_EXPOSURE, data },
  SHARING: { status: errorStatus.SHARING, data },
  PROPERTY_READ_ONLY: { status: errorStatus.PROPERTY_READ_ONLY, data },
  UNKNOWN_DEVICE: { status: errorStatus.UNKNOWN_DEVICE, data },
  UNKNOWN_PROPERTY: { status: errorStatus.UNKNOWN_PROPERTY, data },
  NO_CAMERA: { status: errorStatus.NO_CAMERA, data },
  PROTOCOL_IN_USE: { status: errorStatus.PROTOCOL_IN_USE, data },
  PORT_IN_USE: { status: errorStatus.PORT_IN_USE, data },
  TOO_LARGE: { status: errorStatus.TOO_LARGE, data },
  RATE_LIMITED: { status: errorStatus.RATE_LIMITED, data },
  INTERNAL: { status: errorStatus.INTERNAL, data },
  SETTINGS_FILE: { status: errorStatus.SETTINGS_FILE, data },
  DATA_FOLDER: { status: errorStatus.DATA_FOLDER, data },
  ACQUISITION_RUNNING: { status: errorStatus.ACQUISITION_RUNNING, data },
  UNKNOWN_ACQUISITION: { status: errorStatus.UNKNOWN_ACQUISITION, data },
  PROTOCOL_UNAVAILABLE: { status: errorStatus.PROTOCOL_UNAVAILABLE, data },
  DEVICE_FAILED: { status: errorStatus.DEVICE_FAILED, data },
  DEVICE_UNAVAILABLE: { status: errorStatus.DEVICE_UNAVAILABLE, data },
  UNKNOWN_CONNECTION: { status: errorStatus.UNKNOWN_CONNECTION, data },
  UNKNOWN_DRIVER: { status: errorStatus.UNKNOWN_DRIVER, data },
  DRIVER_NOT_ALLOWED: { status: errorStatus.DRIVER_NOT_ALLOWED, data },
  HARDWARE_FILE: { status: errorStatus.HARDWARE_FILE, data },
  DEVICE_TIMEOUT: { status: errorStatus.DEVICE_TIMEOUT, data },
} as const satisfies Record<ErrorCode, { status: number; data: z.ZodObject }>
