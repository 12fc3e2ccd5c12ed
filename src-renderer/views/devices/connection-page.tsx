import { Button } from '@mantine/core'
import { useState } from 'react'
import type { ConnectionInfo, MissingDevice } from '../../../src-shared/hardware.ts'
import { changeConnection, reconnect, removeConnection } from '../../actions/hardware-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { Countdown } from '../../components/countdown.tsx'
import { DemoMark } from '../../components/demo-mark.tsx'
import { FailureLine } from '../../components/failure-line.tsx'
import { Refusable } from '../../components/refusable.tsx'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct, whyNotOwn } from '../../stores/permission.ts'
import { isDemo } from '../../stores/selectors.ts'
import { ConnectionForm } from './connection-form.tsx'
import { Facts } from './facts.tsx'
import { NameEditor } from './name-editor.tsx'
import styles from './page.module.css'

/** One connection: how it does, and everything that can be changed about it. */
export function ConnectionPage({ connectionId }: { readonly connectionId: string }) {
  const services = useServices()
  const connection = useEngine((state) => state.hardware.connections.find(({ id }) => id === connectionId))
  const driver = useEngine((state) => state.hardware.drivers.find(({ id }) => id === connection?.driver))
  const demo = useEngine((state) => connection !== undefined && isDemo(state, connection))
  if (connection === undefined) return null
  return (
    <article className={styles['page']} aria-label={connection.title}>
      <header className={styles['head']}>
        <NameEditor
          name={connection.title}
          what="connection"
          onRename={(title) =>
            changeConnection(services, connectionId, { title: title ?? driver?.name ?? connection.driver })
          }
        />
        {demo && <DemoMark />}
      </header>
      <Facts
        facts={[
          { name: 'Driver', value: driver?.name ?? connection.driver },
          { name: 'Address', value: connection.address },
          { name: 'Devices', value: connection.deviceIds.length },
        ]}
      />
      <Status connection={connection} />
      <Settings connection={connection} />
      <RemoveButton connection={connection} />
    </article>
  )
}

function Status({ connection }: { readonly connection: ConnectionInfo }) {
  const { status, id, missing } = connection
  const hasProblem = status.state === 'error' || missing !== undefined
  return (
    <section aria-label="Status" className={hasProblem ? styles['problem'] : undefined}>
      {status.state === 'ready' && missing === undefined && <p className={styles['dim']}>Connected.</p>}
      {missing !== undefined && <Missing connectionId={id} missing={missing} />}
      {status.state === 'connecting' && <p className={styles['dim']}>Connecting…</p>}
      {status.state === 'error' && (
        <>
          <p>{status.message}</p>
          {status.hint !== undefined && <p className={styles['dim']}>{status.hint}</p>}
          <div className={styles['actions']}>
            <ReconnectButton connectionId={id} />
            {status.retryAt !== undefined && (
              <span className={styles['dim']}>
                Next try <Countdown at={status.retryAt} />
              </span>
            )}
          </div>
        </>
      )}
    </section>
  )
}

function ReconnectButton({ connectionId }: { readonly connectionId: string }) {
  const services = useServices()
  const notAct = useEngine((state) => whyNotAct(state)?.reason)
  return (
    <Refusable reason={notAct}>
      <Button variant="default" size="compact-xs" onClick={() => void reconnect(services, connectionId)}>
        Reconnect now
      </Button>
    </Refusable>
  )
}

type MissingProps = { readonly connectionId: string; readonly missing: readonly MissingDevice[] }

/** What could not be opened with the rest. */
function Missing({ connectionId, missing }: MissingProps) {
  return (
    <>
      {missing.map(({ message, hint }) => (
        <div key={message}>
          <p>{message}</p>
          {hint !== undefined && <p className={styles['dim']}>{hint}</p>}
        </div>
      ))}
      <div className={styles['actions']}>
        <ReconnectButton connectionId={connectionId} />
        <span className={styles['dim']}>Closes its other devices for a moment.</span>
      </div>
    </>
  )
}

/** Address and options, for who may change them. */
function Settings({ connection }: { readonly connection: ConnectionInfo }) {
  const services = useServices()
  const notOwn = useEngine((state) => whyNotOwn(state)?.reason)
  const driver = useEngine((state) => state.hardware.drivers.find(({ id }) => id === connection.driver))
  const { id, address, options = {} } = connection
  if (notOwn !== undefined) return <p className={styles['dim']}>{notOwn}</p>
  return (
    <ConnectionForm
      // What another window changed replaces what is in the form.
      key={JSON.stringify([address, options])}
      label="Address and options"
      address={address}
      addressHint={driver?.addressHint}
      options={options}
      submit="Apply"
      note="It is closed and opened again."
      onSubmit={(change) => changeConnection(services, id, change)}
    />
  )
}

function RemoveButton({ connection }: { readonly connection: ConnectionInfo }) {
  const services = useServices()
  const notOwn = useEngine((state) => whyNotOwn(state)?.reason)
  const [asking, setAsking] = useState(false)
  const [failure, setFailure] = useState<CallFailure>()
  async function remove() {
    const refused = await removeConnection(services, connection.id)
    setFailure(refused)
    setAsking(false)
    if (refused === undefined) services.session.setState({ devicesPage: undefined })
  }
  return (
    <Refusable reason={notOwn}>
      {asking ? (
        <div className={styles['actions']} role="group" aria-label={`Remove ${connection.title}?`}>
          <span className={styles['dim']}>
            Its live views stop, and it is forgotten. What was recorded stays.
          </span>
          <Button color="red" size="compact-sm" onClick={() => void remove()}>
            Remove
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => setAsking(false)}>
            Keep
          </Button>
        </div>
      ) : (
        <div className={styles['actions']}>
          <Button variant="default" size="compact-sm" onClick={() => setAsking(true)}>
            Remove this connection…
          </Button>
        </div>
      )}
      <FailureLine failure={failure} />
    </Refusable>
  )
}
