/** The one error that crosses threads, IPC and HTTP unchanged in meaning. */
import { z } from 'zod'

/** What kind of thing went wrong, for programs; HTTP statuses follow from it. */
export const errorCodeSchema = z.enum([
  'INVALID_INPUT',
  'UNKNOWN_DEVICE',
  'UNKNOWN_PROPERTY',
  'UNKNOWN_CONNECTION',
  'UNKNOWN_DRIVER',
  'DRIVER_NOT_ALLOWED',
  'PROPERTY_READ_ONLY',
  'OUT_OF_RANGE',
  'DEVICE_UNAVAILABLE',
  'DEVICE_TIMEOUT',
  'DEVICE_FAILED',
  'NO_CAMERA',
  'NO_FOCUS',
  'UNKNOWN_PROTOCOL',
  'PROTOCOL_IN_USE',
  'PROTOCOL_UNAVAILABLE',
  'REPLAY_SOURCE',
  'PORT_IN_USE',
  'HOST_REFUSED',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'CONTROL_TAKEN',
  'UNKNOWN_TOKEN',
  'UNKNOWN_VIEWER',
  'UNKNOWN_SESSION',
  'LONG_EXPOSURE',
  'SHARING',
  'SETTINGS_FILE',
  'HARDWARE_FILE',
  'DATA_FOLDER',
  'ACQUISITION_RUNNING',
  'UNKNOWN_ACQUISITION',
  'UNKNOWN_IMAGE',
  'UNREADABLE_IMAGE',
  'TOO_LARGE',
  'RATE_LIMITED',
  'INTERNAL',
])
export type ErrorCode = z.infer<typeof errorCodeSchema>

/** A `CoverslipError` as plain data. */
export const serializedErrorSchema = z.object({
  code: errorCodeSchema,
  /** What happened, naming the thing: `Camera 1 has no property "exposre"`. */
  message: z.string(),
  /** What the user can do about it. */
  hint: z.string().optional(),
  /** Machine-readable details, e.g. `{ property, min, max }`. */
  data: z.record(z.string(), z.unknown()).optional(),
})
export type SerializedError = z.infer<typeof serializedErrorSchema>

type ErrorOptionsWithHint = {
  readonly hint?: string
  readonly cause?: unknown
  readonly data?: Record<string, unknown>
}

/** An error that names the thing and, in its hint, the remedy. */
export class CoverslipError extends Error {
  override readonly name = 'CoverslipError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly data: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptionsWithHint = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.data = options.data
  }

  /** Plain data for `postMessage`, IPC and JSON. */
  serialize(): SerializedError {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.data === undefined ? {} : { data: this.data }),
    }
  }

  /** The error that `serialize` described. */
  static deserialize(error: SerializedError): CoverslipError {
    return new CoverslipError(error.code, error.message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.data === undefined ? {} : { data: error.data }),
    })
  }

  /**
   * `error` itself when it is a CoverslipError, or one made of it when it is an Error of that shape, as drivers of the
   * user throw that cannot import this class; otherwise one with `code` around it.
   */
  static from(error: unknown, code: ErrorCode = 'INTERNAL'): CoverslipError {
    if (error instanceof CoverslipError) return error
    if (!(error instanceof Error)) return new CoverslipError(code, String(error), { cause: error })
    const shaped = serializedErrorSchema.safeParse(Object.assign({}, error, { message: error.message }))
    if (!shaped.success) return new CoverslipError(code, error.message, { cause: error })
    const { hint, data } = shaped.data
    return new CoverslipError(shaped.data.code, error.message, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
      ...(data === undefined ? {} : { data }),
    })
  }
}
