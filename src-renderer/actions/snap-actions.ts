import type { SnapResult } from '../../src-shared/capture.ts'
import { outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { noteOutcome } from '../stores/session-store.ts'
import { permitted } from './control-actions.ts'
import { selectedDetector } from './live-actions.ts'

/** Takes one image of the camera on show at full bit depth and keeps it. Undefined: a notice says why not. */
export async function snap(services: Services): Promise<SnapResult | undefined> {
  const detectorName = selectedDetector(services)
  if (detectorName === undefined || !permitted(services, 'No image was taken')) return undefined
  const taken = await outcome(services.backend.client.capture.snap({ detectorName }))
  noteOutcome(services.session, 'No image was taken', taken.ok ? undefined : taken.failure)
  return taken.ok ? taken.value : undefined
}
