/** In a worker: imports the module of a driver. */
import { isDeepStrictEqual } from 'node:util'
import type { Driver } from '../../drivers/sdk/driver.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { driverManifestSchema } from '../../src-shared/hardware.ts'
import type { DriverModule } from './device-messages.ts'

/**
 * The driver that is the module's default export.
 * @throws CoverslipError DEVICE_FAILED when the module cannot be loaded, is no driver, or is not the driver that its
 *   `manifest.json` announced.
 */
export async function loadDriver({ driverUrl, declared }: DriverModule): Promise<Driver> {
  const driver = await defaultExport(driverUrl)
  if (!isDriver(driver)) {
    throw new CoverslipError('DEVICE_FAILED', `${driverUrl} is not a driver`, {
      hint: 'The default export of a driver module is an object with a manifest, a discover and an open function; see drivers/sdk/driver.ts.',
    })
  }
  const manifest = driverManifestSchema.safeParse(driver.manifest)
  if (declared === undefined || isDeepStrictEqual(manifest.data, declared)) return driver
  throw new CoverslipError('DEVICE_FAILED', `The driver ${declared.id} has another manifest in its code`, {
    hint: 'Have it import its manifest.json, which is what was shown when it was allowed.',
  })
}

async function defaultExport(url: string): Promise<unknown> {
  try {
    const module: unknown = await import(url)
    return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CoverslipError('DEVICE_FAILED', `The driver cannot be loaded: ${reason}`, {
      hint: typeScriptHint(url) ?? 'Its code has an error, or something that it imports is not there.',
      cause: error,
    })
  }
}

function typeScriptHint(url: string): string | undefined {
  if (!/\.m?ts$/.test(url) || process.features.typescript !== false) return undefined
  return 'This program cannot run TypeScript: compile the driver to index.js.'
}

function isDriver(value: unknown): value is Driver {
  return (
    typeof value === 'object' &&
    value !== null &&
    'manifest' in value &&
    'discover' in value &&
    typeof value.discover === 'function' &&
    'open' in value &&
    typeof value.open === 'function'
  )
}
