import type { GigeSimulatorCounters } from './simulator-counters.ts'
import type { GigeSimulatorFaultInput } from './simulator-faults.ts'
import type { SimulatedLink } from './simulator-options.ts'

/** A running GigE Vision camera, in a thread of its own. All methods may be called at any time until `close`. */
export interface GigeSimulator {
  /** Where it serves: the IPv4 address and the UDP port of the control channel. */
  readonly address: string
  readonly port: number
  readonly serialNumber: string
  /** Why discovery by broadcast is not answered though it was asked for: not every system can. */
  readonly broadcastProblem: string | undefined
  /** Pulls the cable: nothing is answered or sent until `replug`. */
  unplug(): Promise<void>
  replug(): Promise<void>
  /** Changes what the network does to the packets; what is not named stays. */
  setLink(link: Partial<SimulatedLink>): Promise<void>
  /** @throws CoverslipError `INVALID_INPUT` when the fault has wrong values. */
  fault(fault: GigeSimulatorFaultInput): Promise<void>
  counters(): Promise<Readonly<GigeSimulatorCounters>>
  /** Frees the address. Safe to call more than once. */
  close(): Promise<void>
}
