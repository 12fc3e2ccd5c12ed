import { eventIds, noStreamChannel } from '../protocol/gvcp-event.ts'
import { type GvcpStatus, statusCodes } from '../protocol/gvcp-status.ts'
import type { DeviceClock } from './device-clock.ts'
import type { MessageChannel } from './message-channel.ts'
import type { StreamBlock } from './stream-block.ts'

/** Events that a client can switch on; `Error` tells the status code of each refused command as the event's id. */
export const eventKinds = ['ExposureEnd', 'BlockSent', 'Error'] as const
/** An event that the device can tell of. */
export type EventKind = (typeof eventKinds)[number]

/** Tells the client what it wants to be told. */
export class DeviceEvents {
  readonly enabled = new Set<EventKind>()
  readonly #messages: MessageChannel
  readonly #clock: DeviceClock

  constructor(messages: MessageChannel, clock: DeviceClock) {
    this.#messages = messages
    this.#clock = clock
  }

  exposureEnded(block: StreamBlock, timestamp: bigint): void {
    if (this.enabled.has('ExposureEnd')) this.#ofBlock(eventIds.exposureEnd, block, timestamp)
  }

  blockSent(block: StreamBlock): void {
    if (this.enabled.has('BlockSent')) this.#ofBlock(eventIds.transferEnd, block, this.#clock.now())
  }

  refused(status: GvcpStatus): void {
    if (this.enabled.has('Error')) this.error(status)
  }

  /** An event of an error, whether wanted or not. */
  error(status: GvcpStatus): void {
    const eventId = statusCodes[status]
    this.#messages.tell(
      { eventId, streamChannel: noStreamChannel, blockId: 0, timestamp: this.#clock.now() },
      false,
    )
  }

  #ofBlock(eventId: number, { id, extendedIds }: StreamBlock, timestamp: bigint): void {
    this.#messages.tell({ eventId, streamChannel: 0, blockId: id, timestamp }, extendedIds)
  }
}
