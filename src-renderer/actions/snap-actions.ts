import type { SnapResult } from '../../src-shared/capture.ts'
import { callFailure } from '../backend/call-failure.ts'
import type { Services } from '../services.ts'
import { addNotice } from '../stores/session-store.ts'
import { permitted } from './control-actions.ts'
import { selectedDetector } from './live-actions.ts'

/** Takes one image of the camera on show at full bit depth and keeps it. Undefined: a notice says why not. */
export async function snap(services: Services): Promise<SnapResult | undefined> {
  const detectorName = selectedDetector(services)
  if (detectorName === undefined || !permitted(services, 'No image was taken')) return undefined
  try {
    return await services.backend.client.capture.snap({ detectorName })
  } catch (error) {
    addNotice(services.session, 'No image was taken', callFailure(error))
    return undefined
  }
}
