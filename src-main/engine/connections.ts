/** The connections Coverslip can be started with. */
import { resolve } from 'node:path'
import type { ConnectionConfig } from '../devices/connection-supervisor.ts'
import { driverUrl } from '../worker-url.ts'

/** The demo microscope; `options` as the simulated-microscope driver takes them. */
export function demoConnection(options: Readonly<Record<string, unknown>> = {}): ConnectionConfig {
  return {
    id: 'demo',
    title: 'Demo microscope',
    worker: { driverUrl: driverUrl('simulated-microscope').href, address: 'demo', options },
  }
}

/** A folder of images, an image or a TIFF stack, played as a camera. */
export function replayConnection(
  path: string,
  options: Readonly<Record<string, unknown>> = {},
): ConnectionConfig {
  return {
    id: 'replay',
    title: 'Replay',
    worker: { driverUrl: driverUrl('replay').href, address: resolve(path), options },
  }
}
