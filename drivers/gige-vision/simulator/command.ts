/** `npm run gige-simulator`: the simulator on its own, until it is interrupted. Lines typed make it fail (`help`). */
import { createInterface } from 'node:readline'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { readSimulatorArguments } from './command-line.ts'
import type { GigeSimulator } from './gige-simulator.ts'
import { startGigeSimulator } from './start-gige-simulator.ts'
import { carryOutTyped, readTypedCommand } from './typed-command.ts'

function complain(error: unknown): void {
  const { message, hint } = CoverslipError.from(error)
  console.error(hint === undefined ? message : `${message}\n${hint}`)
}

async function obey(simulator: GigeSimulator, line: string): Promise<void> {
  if (line.trim() === '') return
  const action = readTypedCommand(line)
  if (action === undefined) {
    console.log(`"${line.trim()}" means nothing here; "help" tells what does.`)
    return
  }
  console.log(await carryOutTyped(simulator, action))
}

try {
  const simulator = await startGigeSimulator(readSimulatorArguments(process.argv.slice(2)))
  const { address, port, serialNumber, broadcastProblem } = simulator
  console.log(
    `GigE Vision camera ${serialNumber} at ${address}, UDP port ${port}. Ctrl-C ends it, "help" tells more.`,
  )
  if (broadcastProblem !== undefined) console.log(`It answers no broadcast: ${broadcastProblem}`)
  const input = createInterface({ input: process.stdin })
  const end = () => {
    input.close()
    simulator.close().catch(complain)
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  let last: Promise<void> = Promise.resolve()
  input.on('line', (line) => {
    last = last.then(() => obey(simulator, line)).catch(complain)
    if (line.trim() === 'quit') void last.then(end)
  })
} catch (error) {
  complain(error)
  process.exitCode = 1
}
