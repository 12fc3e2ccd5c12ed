/** What has happened on a stream since it was started. */
export type StreamCounts = {
  incompleteFrames: number
  /** Packets of pixels that arrived, of frames that are over. */
  packets: number
  /** Packets that did not arrive at first; those asked for again, and those that came then. */
  lostPackets: number
  resendRequests: number
  resentPackets: number
  /** Packets that the camera no longer had when asked. */
  unavailablePackets: number
  duplicatePackets: number
  /** Packets of blocks that were over. */
  latePackets: number
  /** Packets that cannot be: no GVSP, odd lengths, ids that no block has. */
  malformedPackets: number
  /** Packets from other senders. */
  foreignPackets: number
}

/** The counts of a stream that begins. */
export function noStreamCounts(): StreamCounts {
  return {
    incompleteFrames: 0,
    packets: 0,
    lostPackets: 0,
    resendRequests: 0,
    resentPackets: 0,
    unavailablePackets: 0,
    duplicatePackets: 0,
    latePackets: 0,
    malformedPackets: 0,
    foreignPackets: 0,
  }
}
