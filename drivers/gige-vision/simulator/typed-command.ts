/** What one can type while the simulator runs, to see how a client takes it. */
import type { GigeSimulator } from './gige-simulator.ts'
import type { GigeSimulatorFaultInput } from './simulator-faults.ts'
import type { SimulatedLink } from './simulator-options.ts'

const typedHelp = `unplug, replug               pull the cable, plug it in again
loss 1                       1 % of the packets are lost; also reorder, duplicate, corrupt
mtu 1500, mbit 1000          largest packet, speed of the link
lose-control                 take control from the client
reboot 1000                  off for 1000 ms, then as after power-on
stall 2000                   no frames for 2000 ms
half-frame 3                 the next 3 frames end in the middle
announce-size 65535 65535 1  the next frame claims to be that large
garbage 100                  100 packets of random bytes
lose-acks 2                  do not answer the next 2 commands
refuse 32774 1               refuse the next command with that status (0x8006, access denied)
count                        what has happened so far
help, quit`

type Action =
  | { readonly kind: 'unplug' | 'replug' | 'count' | 'help' | 'quit' }
  | { readonly kind: 'link'; readonly link: Partial<SimulatedLink> }
  | { readonly kind: 'fault'; readonly fault: GigeSimulatorFaultInput }

/** Reads a line; undefined when it means nothing. */
export function readTypedCommand(line: string): Action | undefined {
  const [word = '', ...rest] = line.trim().split(/\s+/)
  const numbers = rest.map(Number)
  const [first, second, third] = numbers
  if (numbers.some(Number.isNaN)) return undefined
  switch (word) {
    case 'unplug':
    case 'replug':
    case 'count':
    case 'help':
    case 'quit':
      return { kind: word }
    case 'loss':
    case 'reorder':
    case 'duplicate':
    case 'corrupt':
      return first === undefined ? undefined : { kind: 'link', link: { [word]: first / 100 } }
    case 'mtu':
      return first === undefined ? undefined : { kind: 'link', link: { mtu: first } }
    case 'mbit':
      return first === undefined ? undefined : { kind: 'link', link: { mbitPerSecond: first } }
    case 'lose-control':
      return { kind: 'fault', fault: { kind: word } }
    case 'reboot':
      return { kind: 'fault', fault: { kind: word, downMs: first } }
    case 'stall':
      return { kind: 'fault', fault: { kind: word, ms: first } }
    case 'half-frame':
      return { kind: 'fault', fault: { kind: word, frames: first } }
    case 'garbage':
      return { kind: 'fault', fault: { kind: word, packets: first } }
    case 'lose-acks':
      return { kind: 'fault', fault: { kind: word, count: first } }
    case 'refuse':
      return first === undefined
        ? undefined
        : { kind: 'fault', fault: { kind: word, status: first, count: second } }
    case 'announce-size':
      if (first === undefined || second === undefined) return undefined
      return { kind: 'fault', fault: { kind: word, width: first, height: second, frames: third } }
    default:
      return undefined
  }
}

/** Does what was typed; returns what to print. */
export async function carryOutTyped(simulator: GigeSimulator, action: Action): Promise<string> {
  switch (action.kind) {
    case 'unplug':
      await simulator.unplug()
      return 'Unplugged.'
    case 'replug':
      await simulator.replug()
      return 'Plugged in again.'
    case 'link':
      await simulator.setLink(action.link)
      return 'Done.'
    case 'fault':
      await simulator.fault(action.fault)
      return 'Done.'
    case 'count': {
      const counts = Object.entries(await simulator.counters())
      return counts.map(([name, count]) => `${name.padEnd(20)} ${count}`).join('\n')
    }
    case 'help':
      return typedHelp
    case 'quit':
      await simulator.close()
      return 'Bye.'
  }
}
