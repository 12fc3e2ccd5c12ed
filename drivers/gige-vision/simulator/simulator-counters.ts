/** What the simulator has seen and done since it was started. */
export type GigeSimulatorCounters = {
  /** GVCP commands that were understood, answered or not. */
  commands: number
  /** Packets on the control port that are no GVCP command. */
  malformedCommands: number
  /** Packets on the control port while the cable was out. */
  missedCommands: number
  /** Acknowledges with an error status. */
  refusals: number
  discoveries: number
  pendingAcks: number
  /** Times that control ended because the client was silent for longer than its heartbeat timeout. */
  heartbeatExpiries: number
  events: number
  /** Datagrams that the system could not deliver: nothing listens there any more. */
  undelivered: number
  /** Frames begun. */
  frames: number
  /** Frames that the camera took while the one before was still being sent: they were left out. */
  overruns: number
  /** GVSP packets given to the link, resent ones included, and of them: */
  packets: number
  lostPackets: number
  reorderedPackets: number
  duplicatedPackets: number
  corruptedPackets: number
  /** PACKETRESEND commands, packets sent again, and packets that were asked for too late. */
  resendRequests: number
  resentPackets: number
  unavailablePackets: number
}

/** The counts of a simulator that has just been started. */
export function noCounts(): GigeSimulatorCounters {
  return {
    commands: 0,
    malformedCommands: 0,
    missedCommands: 0,
    refusals: 0,
    discoveries: 0,
    pendingAcks: 0,
    heartbeatExpiries: 0,
    events: 0,
    undelivered: 0,
    frames: 0,
    overruns: 0,
    packets: 0,
    lostPackets: 0,
    reorderedPackets: 0,
    duplicatedPackets: 0,
    corruptedPackets: 0,
    resendRequests: 0,
    resentPackets: 0,
    unavailablePackets: 0,
  }
}
