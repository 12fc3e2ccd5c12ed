import { Button } from '@mantine/core'
import type { DeviceState } from '../../src-shared/devices.ts'
import { reconnectDevice } from '../actions/device-actions.ts'
import { Countdown } from '../components/countdown.tsx'
import { useEngine, useServices } from '../services.ts'
import { whyNotAct } from '../stores/permission.ts'
import styles from './device-problem.module.css'

/** Why a device cannot be used and when it is tried again; nothing for a device that is ready. */
export function DeviceProblem({ device }: { readonly device: DeviceState | undefined }) {
  const services = useServices()
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  if (device === undefined || device.status.state === 'ready') return null
  const { status } = device
  if (status.state === 'connecting') return <p className={styles['connecting']}>Connecting…</p>
  return (
    <div className={styles['problem']} role="status">
      <p>{status.message}</p>
      {status.hint !== undefined && <p className={styles['hint']}>{status.hint}</p>}
      <p className={styles['retry']}>
        {status.retryAt !== undefined && (
          <span>
            Next try <Countdown at={status.retryAt} />
          </span>
        )}
        <Button
          variant="default"
          size="compact-xs"
          disabled={watching}
          onClick={() => void reconnectDevice(services, device.id)}
        >
          Reconnect now
        </Button>
      </p>
    </div>
  )
}
