/**
 * The conformance kit: what every driver must do, whatever it drives. Independent of any test runner:
 *
 *     for (const check of conformanceChecks(driver, { address, options })) test(check.name, () => check.run())
 */
import type { Driver } from '../driver.ts'
import { cameraChecks } from './camera-checks.ts'
import type { ConformanceCheck, ConformanceContext, ConformanceTarget } from './conformance-check.ts'
import { driverChecks } from './driver-checks.ts'
import { propertyChecks } from './property-checks.ts'
import { stackChecks } from './stack-checks.ts'
import { stageChecks } from './stage-checks.ts'

/** All checks, in the order in which to run them (one after the other); each opens the driver anew. */
export function conformanceChecks(driver: Driver, target: ConformanceTarget): readonly ConformanceCheck[] {
  const context: ConformanceContext = {
    driver,
    target,
    timeoutMs: target.timeoutMs ?? 10_000,
    stageToleranceUm: target.stageToleranceUm ?? 1,
  }
  return [...driverChecks, ...propertyChecks, ...cameraChecks, ...stageChecks, ...stackChecks].map(
    ([name, body]) => ({
      name,
      run: async () => {
        const reason = await body(context)
        return reason === undefined ? { outcome: 'passed' } : { outcome: 'skipped', reason }
      },
    }),
  )
}

/** The outcome of one check. */
export type ConformanceResult =
  | { readonly name: string; readonly outcome: 'passed' }
  | { readonly name: string; readonly outcome: 'skipped'; readonly reason: string }
  | { readonly name: string; readonly outcome: 'failed'; readonly error: Error }

/** Runs all checks and returns what came of each; never rejects because of the driver. */
export async function runConformance(
  driver: Driver,
  target: ConformanceTarget,
): Promise<readonly ConformanceResult[]> {
  const results: ConformanceResult[] = []
  for (const { name, run } of conformanceChecks(driver, target)) {
    try {
      results.push({ name, ...(await run()) })
    } catch (error) {
      results.push({
        name,
        outcome: 'failed',
        error: error instanceof Error ? error : new Error(String(error)),
      })
    }
  }
  return results
}
