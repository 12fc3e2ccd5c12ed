import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'

/** What tells one channel from another, by one camera or another. */
export function channelKey({ channel, camera }: Pick<AcquisitionEvent, 'channel' | 'camera'>): string {
  return `${channel?.group}\n${channel?.config}\n${camera}`
}
