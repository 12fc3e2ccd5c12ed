/** What somebody may know of the hardware's configuration. */
import { type Caller, mayAct } from '../../src-shared/access.ts'
import type { ConnectionInfo, DriverInfo, HardwareState } from '../../src-shared/hardware.ts'

/** Paths of files and what may hold passwords are for owners; what a search has found is for those who may search. */
export function hardwareFor(caller: Caller, hardware: HardwareState): HardwareState {
  if (caller.role === 'owner') return hardware
  const { file: _file, problem, connections, drivers, discovery, ...open } = hardware
  return {
    ...open,
    ...(problem === undefined ? {} : { problem: 'The hardware configuration cannot be used.' }),
    connections: connections.map(connectionForOthers),
    drivers: drivers.map((driver) => driverFor(caller, driver)),
    discovery: mayAct(caller.role, 'operator') ? discovery : { ...discovery, found: [] },
  }
}

/** What `caller` may know of a driver. */
export function driverFor(caller: Caller, driver: DriverInfo): DriverInfo {
  if (caller.role === 'owner') return driver
  const { folder: _folder, ...open } = driver
  return open
}

function connectionForOthers({ options: _options, ...connection }: ConnectionInfo): ConnectionInfo {
  return { ...connection, address: withoutCredentials(connection.address) }
}

/** An address of the kind `scheme://user:password@host/path?key=…` without what is often secret in it. */
function withoutCredentials(address: string): string {
  if (!address.includes('@') && !address.includes('://')) return address
  if (!URL.canParse(address)) return '(not shown)'
  const url = new URL(address)
  if (url.host === '') return '(not shown)'
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  return url.href
}
