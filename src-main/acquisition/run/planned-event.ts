import type { PlannedEvent } from '../../../src-shared/acquisition/acquisition-events.ts'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { NumberedEvent } from './acquisition-hardware.ts'

/** The events of a plan with their numbers. */
export function* numbered(events: Iterable<AcquisitionEvent>): Generator<NumberedEvent> {
  let number = 0
  for (const event of events) yield { ...event, number: number++ }
}

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
