import { z } from 'zod'
import { deviceStateSchema, propertyValueSchema } from '../devices.ts'
import { doctorReportSchema } from '../doctor.ts'
import {
  connectionChangeSchema,
  connectionIdSchema,
  connectionInfoSchema,
  discoverySchema,
  driverIdSchema,
  driverInfoSchema,
  hardwareStateSchema,
  networkInterfaceSchema,
  newConnectionSchema,
} from '../hardware.ts'
import { call, deviceId, freeCall, own, view } from './call-kinds.ts'

/** Devices and their properties. */
export const deviceCalls = {
  list: view
    .route({
      method: 'GET',
      path: '/devices',
      summary: 'All devices with their properties',
      tags: ['Devices'],
    })
    .output(z.array(deviceStateSchema)),
  setProperty: call
    .route({ method: 'POST', path: '/devices/setProperty', summary: 'Set one property', tags: ['Devices'] })
    .input(z.strictObject({ deviceId, property: z.string().min(1).max(100), value: propertyValueSchema }))
    .output(deviceStateSchema),
  trigger: call
    .route({
      method: 'POST',
      path: '/devices/trigger',
      summary: 'Software trigger: take one frame',
      tags: ['Devices'],
    })
    .input(z.strictObject({ deviceId })),
  reconnect: freeCall
    .route({
      method: 'POST',
      path: '/devices/reconnect',
      summary: 'Try a lost device again now',
      tags: ['Devices'],
    })
    .input(z.strictObject({ deviceId })),
  rename: own
    .route({
      method: 'POST',
      path: '/devices/rename',
      summary: 'Give a device another name; without one it gets its own back',
      tags: ['Devices'],
    })
    .input(z.strictObject({ deviceId, name: z.string().trim().min(1).max(100).optional() }))
    .output(deviceStateSchema),
  forgetSettings: call
    .route({
      method: 'POST',
      path: '/devices/forgetSettings',
      summary: 'Forget what is restored when this device is opened again; it keeps its present settings',
      tags: ['Devices'],
    })
    .input(z.strictObject({ deviceId })),
}

/** Connections, drivers, the search for more, and what may keep them from working. */
export const hardwareCalls = {
  state: view
    .route({
      method: 'GET',
      path: '/hardware',
      summary: 'Connections, drivers and the last search',
      tags: ['Hardware'],
    })
    .output(hardwareStateSchema),
  addConnection: own
    .route({
      method: 'POST',
      path: '/hardware/connections',
      summary: 'Add a connection and open it; answers when that was tried once',
      tags: ['Hardware'],
    })
    .input(newConnectionSchema)
    .output(connectionInfoSchema),
  changeConnection: own
    .route({
      method: 'POST',
      path: '/hardware/changeConnection',
      summary: 'Change the title, address or options of a connection',
      tags: ['Hardware'],
    })
    .input(z.strictObject({ connectionId: connectionIdSchema, ...connectionChangeSchema.shape }))
    .output(connectionInfoSchema),
  removeConnection: own
    .route({
      method: 'POST',
      path: '/hardware/removeConnection',
      summary: 'Stop a connection’s streams, close it and forget it',
      tags: ['Hardware'],
    })
    .input(z.strictObject({ connectionId: connectionIdSchema })),
  reconnect: freeCall
    .route({
      method: 'POST',
      path: '/hardware/reconnect',
      summary: 'Try a lost connection again now; close and open one of which a device is missing',
      tags: ['Hardware'],
    })
    .input(z.strictObject({ connectionId: connectionIdSchema })),
  interfaces: freeCall
    .route({
      method: 'GET',
      path: '/hardware/interfaces',
      summary: 'IPv4 addresses of this computer, and which of them the search uses',
      tags: ['Hardware'],
    })
    .output(z.array(networkInterfaceSchema)),
  discover: call
    .route({
      method: 'POST',
      path: '/hardware/discover',
      summary: 'Search for hardware on the chosen interfaces; answers when all drivers have ended',
      tags: ['Hardware'],
    })
    .input(
      z
        .strictObject({
          /** Absent: all drivers. */
          drivers: z.array(driverIdSchema).max(100).optional(),
        })
        .prefault({}),
    )
    .output(discoverySchema),
  cancelDiscovery: freeCall.route({
    method: 'POST',
    path: '/hardware/cancelDiscovery',
    summary: 'End the search; what was found stays',
    tags: ['Hardware'],
  }),
  scanDrivers: freeCall
    .route({
      method: 'POST',
      path: '/hardware/scanDrivers',
      summary: 'Look into the user’s driver folder again',
      tags: ['Hardware'],
    })
    .output(z.array(driverInfoSchema)),
  allowDriver: own
    .route({
      method: 'POST',
      path: '/hardware/allowDriver',
      summary: 'Allow a driver of the user’s folder to run, as long as its files have this hash',
      tags: ['Hardware'],
    })
    .input(z.strictObject({ driver: driverIdSchema, hash: z.string().length(64) }))
    .output(driverInfoSchema),
  forbidDriver: own
    .route({
      method: 'POST',
      path: '/hardware/forbidDriver',
      summary: 'Take the permission back; its connections are closed',
      tags: ['Hardware'],
    })
    .input(z.strictObject({ driver: driverIdSchema }))
    .output(driverInfoSchema),
  doctor: freeCall
    .route({
      method: 'GET',
      path: '/hardware/doctor',
      summary: 'Check what commonly keeps hardware from working',
      tags: ['Hardware'],
    })
    .output(doctorReportSchema),
}
