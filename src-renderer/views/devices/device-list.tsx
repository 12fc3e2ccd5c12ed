import { Button } from '@mantine/core'
import { IconPlugConnected, IconPuzzle, IconSearch, IconStethoscope } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { openSearch, showDevices } from '../../actions/hardware-actions.ts'
import { Refusable } from '../../components/refusable.tsx'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct, whyNotOperate, whyNotOwn } from '../../stores/permission.ts'
import type { DevicesPage } from '../../stores/session-store.ts'
import { ConnectionGroup } from './connection-group.tsx'
import styles from './device-list.module.css'
import { HardwareFile } from './hardware-file.tsx'
import { waitingDrivers } from './hardware-words.ts'

/** The hardware there is, by connection, and the ways to more. */
export function DeviceList({ page }: { readonly page: DevicesPage | undefined }) {
  const services = useServices()
  const connections = useEngine((state) => state.hardware.connections)
  const notOperate = useEngine((state) => whyNotOperate(state)?.reason)
  const searching = useEngine((state) => state.hardware.discovery.running)
  return (
    <>
      <div className={styles['head']}>
        <Refusable reason={notOperate}>
          <Button
            variant="default"
            fullWidth
            leftSection={<IconSearch size={15} stroke={1.8} />}
            onClick={() => openSearch(services)}
          >
            {searching ? 'Searching…' : 'Find cameras'}
          </Button>
        </Refusable>
      </div>
      <nav className={styles['connections']} aria-label="Connections">
        {connections.map((connection) => (
          <ConnectionGroup key={connection.id} connection={connection} page={page} />
        ))}
        {connections.length === 0 && <p className={styles['none']}>Nothing is configured yet.</p>}
      </nav>
      <Tools page={page} />
      <HardwareFile />
    </>
  )
}

function Tools({ page }: { readonly page: DevicesPage | undefined }) {
  const waiting = useEngine((state) => waitingDrivers(state.hardware.drivers).length)
  const notOwn = useEngine((state) => whyNotOwn(state)?.reason)
  const notAct = useEngine((state) => whyNotAct(state)?.reason)
  return (
    <div className={styles['tools']}>
      <Tool kind="add" page={page} reason={notOwn} icon={<IconPlugConnected size={16} stroke={1.6} />}>
        Add by address…
      </Tool>
      <Tool kind="drivers" page={page} reason={undefined} icon={<IconPuzzle size={16} stroke={1.6} />}>
        Drivers{waiting > 0 && <span className={styles['waiting']}>{waiting} to allow</span>}
      </Tool>
      <Tool kind="check-up" page={page} reason={notAct} icon={<IconStethoscope size={16} stroke={1.6} />}>
        Check-up
      </Tool>
    </div>
  )
}

type ToolProps = {
  readonly kind: 'add' | 'drivers' | 'check-up'
  readonly page: DevicesPage | undefined
  readonly reason: string | undefined
  readonly icon: ReactNode
  readonly children: ReactNode
}

function Tool({ kind, page, reason, icon, children }: ToolProps) {
  const services = useServices()
  return (
    <Refusable reason={reason}>
      <button
        type="button"
        className={styles['tool']}
        aria-current={page?.kind === kind ? 'page' : undefined}
        onClick={() => showDevices(services, { kind })}
      >
        {icon}
        {children}
      </button>
    </Refusable>
  )
}
