import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import { chooseEncoder } from './video/choose-encoder.ts'
import { videoShare } from './video/video-plan.ts'

/**
 * Whether this computer can write what `storage` asks for: to be known before anything starts.
 * @returns what the user should know about it.
 * @throws CoverslipError DEVICE_UNAVAILABLE, INVALID_INPUT: what is missing or wrong, and what to do.
 */
export async function checkStorage(storage: StorageOptions): Promise<readonly string[]> {
  if (storage.format !== 'video') return []
  const { remark } = await chooseEncoder(storage)
  return remark === undefined ? [] : [remark]
}

/** About how many bytes of a file come of one byte of the camera's, rather too many than too few. */
export function storedShare(storage: StorageOptions): number {
  return storage.format === 'video' ? videoShare(storage) : 1
}
