/**
 * Cameras, focusers, filter wheels and light panels through an INDI server (indilib.org): ZWO, QHY, Atik, ToupTek,
 * SVBONY, Player One and many more have drivers for it. The server runs on this computer or another one.
 */
import type { Driver } from '../sdk/driver.ts'
import { discoverIndi } from './discover-indi.ts'
import { openIndi } from './indi-connection.ts'

const driver: Driver = {
  manifest: {
    id: 'indi',
    name: 'INDI',
    description: 'Cameras, focusers, filter wheels and lights through an INDI server, here or elsewhere.',
    demo: false,
    permissions: ['network', 'programs'],
    addressHint: 'host, host:port, or start to run indiserver here',
  },
  discover: discoverIndi,
  open: openIndi,
}

export default driver
