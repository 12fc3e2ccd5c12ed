import type { EngineEvent, EngineSnapshot } from '../../src-shared/contract/events.ts'
import { eventQueue } from './event-queue.ts'

/** Events a subscriber may be behind by; after that it gets a new snapshot instead, which says the same in less. */
const mostWaiting = 500

/** Where a subscriber's events come from. */
export type EventSource = {
  snapshot(): EngineSnapshot
  /** Calls `listener` for each event; returns the unsubscriber. */
  on(listener: (event: EngineEvent) => void): () => void
}

/**
 * The engine's events for one subscriber: a snapshot first, then everything that changes, until `signal` aborts or
 * the consumer stops. A slow consumer costs bounded memory.
 */
export function subscribeToEvents(
  source: EventSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<EngineEvent> {
  return eventQueue<EngineEvent>({
    on: (listener) => source.on(listener),
    first: [source.snapshot()],
    add: (waiting, event) =>
      waiting.length < mostWaiting ? [...dropSuperseded(waiting, event), event] : [source.snapshot()],
    signal,
  })
}

/** A newer state of the same thing makes the one still waiting pointless. */
function dropSuperseded(waiting: readonly EngineEvent[], event: EngineEvent): readonly EngineEvent[] {
  const key = stateKey(event)
  return key === undefined ? waiting : waiting.filter((other) => stateKey(other) !== key)
}

function stateKey(event: EngineEvent): string | undefined {
  switch (event.type) {
    case 'deviceChanged':
      return `device ${event.device.id}`
    case 'stageMoved':
      return `stage ${event.deviceId}`
    case 'healthChanged':
      return `health ${event.deviceId}`
    case 'streamStats':
      return `stats ${event.stats.detectorName} ${event.stats.protocol}`
    case 'recordingChanged':
    case 'acquisitionChanged':
    case 'focusChanged':
    case 'settingsChanged':
    case 'controlChanged':
    case 'viewersChanged':
    case 'sharingChanged':
    case 'presetsChanged':
    case 'hardwareChanged':
      return event.type
    default:
      return undefined
  }
}
