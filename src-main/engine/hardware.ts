/** Which hardware there is and may be: connections, drivers, the search for more. */
import type { DeviceState } from '../../src-shared/devices.ts'
import type { DoctorReport } from '../../src-shared/doctor.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type {
  ConnectionChange,
  ConnectionInfo,
  Discovery,
  DriverInfo,
  HardwareState,
  NetworkInterface,
  NewConnection,
} from '../../src-shared/hardware.ts'

/** What the router asks of the hardware. */
export interface Hardware {
  state(): HardwareState
  on(listener: (state: HardwareState) => void): () => void
  renameDevice(deviceId: string, name: string | undefined): Promise<DeviceState>
  forgetSettings(deviceId: string): Promise<void>
  addConnection(connection: NewConnection): Promise<ConnectionInfo>
  changeConnection(connectionId: string, change: ConnectionChange): Promise<ConnectionInfo>
  removeConnection(connectionId: string): Promise<void>
  reconnect(connectionId: string): Promise<void>
  interfaces(): NetworkInterface[]
  discover(drivers?: readonly string[]): Promise<Discovery>
  cancelDiscovery(): void
  scanDrivers(): Promise<DriverInfo[]>
  allowDriver(driver: string, hash: string): Promise<DriverInfo>
  forbidDriver(driver: string): Promise<DriverInfo>
  diagnose(): Promise<DoctorReport>
}

const pending = (): never => {
  throw new CoverslipError('INTERNAL', 'Not in this version yet')
}

export const unchangingHardware: Hardware = {
  state: () => ({
    connections: [],
    drivers: [],
    discovery: { running: false, drivers: [], found: [] },
  }),
  on: () => () => undefined,
  renameDevice: pending,
  forgetSettings: pending,
  addConnection: pending,
  changeConnection: pending,
  removeConnection: pending,
  reconnect: pending,
  interfaces: pending,
  discover: pending,
  cancelDiscovery: pending,
  scanDrivers: pending,
  allowDriver: pending,
  forbidDriver: pending,
  diagnose: pending,
}
