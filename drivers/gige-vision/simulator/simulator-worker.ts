/** The thread in which the simulated camera lives; `workerData` are its `GigeSimulatorSettings`. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { SimulatedDevice } from './simulated-device.ts'
import type { SimulatorCall, SimulatorMessage, SimulatorRequest } from './simulator-messages.ts'
import { parseSimulatorOptions } from './simulator-options.ts'

function tell(message: SimulatorMessage): void {
  parentPort?.postMessage(message)
}

function carryOut(device: SimulatedDevice, call: SimulatorCall): void {
  switch (call.kind) {
    case 'unplug':
      return device.unplug()
    case 'replug':
      return device.replug()
    case 'set-link':
      return device.setLink({ ...device.link, ...call.link })
    case 'fault':
      return device.fault(call.fault)
    case 'count':
      return
    case 'close':
      return device.close()
  }
}

try {
  const device = await SimulatedDevice.open(parseSimulatorOptions(workerData))
  parentPort?.on('message', ({ id, call }: SimulatorRequest) => {
    carryOut(device, call)
    tell({ kind: 'done', id, counters: { ...device.counters } })
  })
  tell({ kind: 'started', port: device.port, broadcastProblem: device.broadcastProblem })
} catch (error) {
  tell({ kind: 'failed', error: CoverslipError.from(error).serialize() })
}
