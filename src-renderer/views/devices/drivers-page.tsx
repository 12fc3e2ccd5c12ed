import { Button } from '@mantine/core'
import { useState } from 'react'
import type { DriverInfo } from '../../../src-shared/hardware.ts'
import { allowDriver, forbidDriver, scanDrivers } from '../../actions/hardware-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { DemoMark } from '../../components/demo-mark.tsx'
import { FailureLine } from '../../components/failure-line.tsx'
import { Refusable } from '../../components/refusable.tsx'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct, whyNotOwn } from '../../stores/permission.ts'
import { permissionsText } from './hardware-words.ts'
import styles from './page.module.css'

/** The drivers there are: Coverslip's own, and those of the user, which run only when the owner allows them. */
export function DriversPage() {
  const services = useServices()
  const drivers = useEngine((state) => state.hardware.drivers)
  const notAct = useEngine((state) => whyNotAct(state)?.reason)
  const [failure, setFailure] = useState<CallFailure>()
  const own = drivers.filter(({ origin }) => origin === 'user')
  const builtIn = drivers.filter(({ origin }) => origin === 'built-in')
  return (
    <article className={styles['page']} aria-label="Drivers">
      <h2>Drivers</h2>
      <section aria-label="Your drivers">
        <div className={styles['head']}>
          <h3>Your drivers</h3>
          <div className={styles['end']}>
            <Refusable reason={notAct}>
              <Button
                variant="default"
                size="compact-xs"
                onClick={() => void scanDrivers(services).then(setFailure)}
              >
                Look again
              </Button>
            </Refusable>
          </div>
        </div>
        <FailureLine failure={failure} />
        {own.length === 0 && (
          <p className={styles['dim']}>
            None. A driver of your own goes into the folder “drivers” beside Coverslip’s settings.
          </p>
        )}
        <ul className={styles['list']}>
          {own.map((driver) => (
            <DriverItem key={driver.id} driver={driver} />
          ))}
        </ul>
      </section>
      <section aria-label="Drivers of Coverslip">
        <h3>Part of Coverslip</h3>
        <ul className={styles['list']}>
          {builtIn.map((driver) => (
            <DriverItem key={driver.id} driver={driver} />
          ))}
        </ul>
      </section>
    </article>
  )
}

function DriverItem({ driver }: { readonly driver: DriverInfo }) {
  const { name, description, permissions, demo, origin, folder, state, message } = driver
  return (
    <li className={styles['item']} aria-label={name}>
      <div className={styles['itemText']}>
        <strong>
          {name}
          {demo && <DemoMark />}
        </strong>
        <span>{description}</span>
        <span>{permissionsText(permissions)}</span>
        {folder !== undefined && <code className={styles['code']}>{folder}</code>}
        {state === 'changed' && (
          <span>Its files are not the ones that were allowed. Allow it again if you know why.</span>
        )}
        {message !== undefined && (
          <span className={state === 'broken' ? styles['error'] : undefined}>{message}</span>
        )}
      </div>
      {origin === 'user' && <Allowance driver={driver} />}
    </li>
  )
}

/** Whether a driver of the user may run; only the owner decides. */
function Allowance({ driver }: { readonly driver: DriverInfo }) {
  const services = useServices()
  const notOwn = useEngine((state) => whyNotOwn(state)?.reason)
  const [failure, setFailure] = useState<CallFailure>()
  const { id, name, state, hash } = driver
  if (state === 'broken') return null
  return (
    <div className={styles['actions']}>
      <Refusable reason={notOwn}>
        {state === 'ready' ? (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Forbid ${name}`}
            onClick={() => void forbidDriver(services, id).then(setFailure)}
          >
            Forbid
          </Button>
        ) : (
          <Button
            color="live.4"
            autoContrast
            size="compact-sm"
            aria-label={`Allow ${name}`}
            disabled={hash === undefined}
            onClick={() => {
              if (hash !== undefined) void allowDriver(services, id, hash).then(setFailure)
            }}
          >
            Allow
          </Button>
        )}
      </Refusable>
      <FailureLine failure={failure} />
    </div>
  )
}
