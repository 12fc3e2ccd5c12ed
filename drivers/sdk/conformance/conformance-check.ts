import type { DeviceDescription } from '../../../src-shared/devices.ts'
import type { CameraDevice, Connection, Device, Driver, StageDevice } from '../driver.ts'

/** What the kit needs to open a driver. */
export type ConformanceTarget = {
  readonly address: string
  readonly options: Readonly<Record<string, unknown>>
  /** How long any single call may take, and any first frame; default 10 000. */
  readonly timeoutMs?: number
  /** How far from its target a stage may stop, µm; default 1. */
  readonly stageToleranceUm?: number
}

/** How a check ended. */
export type ConformanceOutcome =
  | { readonly outcome: 'passed' }
  /** The check does not apply to the driver's devices. */
  | { readonly outcome: 'skipped'; readonly reason: string }

/** One thing that every driver must do; `run` rejects with an Error that says what the driver did instead. */
export type ConformanceCheck = {
  readonly name: string
  run(): Promise<ConformanceOutcome>
}

/** What a check works with. */
export type ConformanceContext = {
  readonly driver: Driver
  readonly target: ConformanceTarget
  readonly timeoutMs: number
  readonly stageToleranceUm: number
}

/** A check before it is bound to a driver: returns a reason when it does not apply. */
export type CheckBody = (context: ConformanceContext) => Promise<string | undefined>

/** @throws Error with `message` unless `condition` holds. */
export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

/** `promise`, or an Error after `timeoutMs` that names `what` did not end. */
export async function within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves after so many ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Opens the driver, runs `body`, and closes the connection whatever happens, unless `body` has called `close`. */
export async function withConnection<T>(
  { driver, target, timeoutMs }: ConformanceContext,
  body: (connection: Connection, close: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const connection = await within(driver.open(target.address, target.options), timeoutMs, 'open()')
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= within(connection.close(), timeoutMs, 'close()')
    return closed
  }
  try {
    return await body(connection, close)
  } finally {
    await close()
  }
}

/** Runs `body` for each camera, on a connection of its own; returns a reason when there is none. */
export function forEachCamera(
  context: ConformanceContext,
  body: (camera: CameraDevice, close: () => Promise<void>) => Promise<void>,
): Promise<string | undefined> {
  return forEachDevice(context, 'camera', isCamera, body)
}

/** Runs `body` for each stage, on a connection of its own; returns a reason when there is none. */
export function forEachStage(
  context: ConformanceContext,
  body: (stage: StageDevice) => Promise<void>,
): Promise<string | undefined> {
  return forEachDevice(context, 'stage', isStage, body)
}

async function forEachDevice<Kind extends Device>(
  context: ConformanceContext,
  kind: DeviceDescription['kind'],
  isKind: (device: Device) => device is Kind,
  body: (device: Kind, close: () => Promise<void>) => Promise<void>,
): Promise<string | undefined> {
  const count = await withConnection(context, async ({ devices }) => devices.filter(isKind).length)
  for (let i = 0; i < count; i++) {
    await withConnection(context, async ({ devices }, close) => {
      const device = devices.filter(isKind)[i]
      ensure(
        device !== undefined,
        `It had ${count} devices of the kind ${kind}, and opened again it has ${i}`,
      )
      await body(device, close)
    })
  }
  return count === 0 ? `It has no ${kind}` : undefined
}

function isCamera(device: Device): device is CameraDevice {
  return device.description.kind === 'camera'
}

function isStage(device: Device): device is StageDevice {
  return device.description.kind === 'stage'
}
