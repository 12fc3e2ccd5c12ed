import type { PlannedEvent } from '../../../src-shared/acquisition/acquisition-events.ts'
import type { NumberedEvent } from './acquisition-hardware.ts'

/** `event` as people and scripts are told of it. */
export function plannedEvent(event: NumberedEvent): PlannedEvent {
  const { number, index, action, channel, positionName, minStartS } = event
  return {
    number,
    index: { ...index },
    action: action.type,
    ...(channel === undefined ? {} : { channel: channel.config }),
    ...(positionName === undefined ? {} : { positionName }),
    ...(minStartS === undefined ? {} : { minStartS }),
  }
}
