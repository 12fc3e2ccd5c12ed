import { Button } from '@mantine/core'
import { useState } from 'react'
import type { FoundConnection } from '../../../src-shared/hardware.ts'
import { addConnection, showDevices } from '../../actions/hardware-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { Refusable } from '../../components/refusable.tsx'
import { useEngine, useServices } from '../../services.ts'
import { whyNotOwn } from '../../stores/permission.ts'
import { pageOf } from './opened-page.ts'
import styles from './page.module.css'

/** What was found by one driver. */
export function FoundList({ found }: { readonly found: readonly FoundConnection[] }) {
  return (
    <ul className={styles['list']}>
      {found.map((connection) => (
        <FoundItem key={`${connection.driver} ${connection.address}`} found={connection} />
      ))}
    </ul>
  )
}

function FoundItem({ found }: { readonly found: FoundConnection }) {
  const services = useServices()
  const notOwn = useEngine((state) => whyNotOwn(state)?.reason)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<CallFailure>()
  const { driver, address, title, detail, serialNumber, options = {}, connectionId } = found

  async function add() {
    setBusy(true)
    setFailure(undefined)
    const result = await addConnection(services, { driver, address, title, options })
    setBusy(false)
    if (result.ok) services.session.setState({ devicesPage: pageOf(result.value) })
    else setFailure(result.failure)
  }
  return (
    <li className={styles['item']} aria-label={title}>
      <div className={styles['itemText']}>
        <strong>{title}</strong>
        <span>
          {[detail, serialNumber !== undefined && `Serial number ${serialNumber}`, address]
            .filter((part) => part !== undefined && part !== false && part !== '')
            .join(' · ')}
        </span>
        <FailureLine failure={failure} />
      </div>
      {connectionId === undefined ? (
        <Refusable reason={notOwn}>
          <Button
            color="live.4"
            autoContrast
            size="compact-sm"
            aria-label={`Add ${title}`}
            loading={busy}
            onClick={() => void add()}
          >
            Add
          </Button>
        </Refusable>
      ) : (
        <div className={styles['actions']}>
          <span className={styles['dim']}>Configured</span>
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Show ${title}`}
            onClick={() => showDevices(services, { kind: 'connection', connectionId })}
          >
            Show
          </Button>
        </div>
      )}
    </li>
  )
}
