import { Button, Tooltip } from '@mantine/core'
import { releaseControl, takeControl } from '../actions/control-actions.ts'
import { Countdown } from '../components/countdown.tsx'
import { useEngine, useServices } from '../services.ts'
import { holdsControl, isOwner, otherOperator, whyNotAct } from '../stores/permission.ts'
import styles from './control-bar.module.css'

/** One quiet line: who operates, and how to change that. Nothing while this computer's user is alone. */
export function ControlBar() {
  const services = useServices()
  const watching = useEngine((state) => whyNotAct(state)?.reason)
  const other = useEngine((state) => otherOperator(state)?.label)
  const holds = useEngine(holdsControl)
  const owner = useEngine(isOwner)
  const shared = useEngine((state) => state.sharing.state === 'on')
  const known = useEngine((state) => state.caller !== undefined && state.connection.state === 'connected')
  const askedUntil = useEngine((state) =>
    state.control.request !== undefined && state.control.request.caller.id === state.caller?.id
      ? state.control.request.until
      : undefined,
  )
  if (!known) return null
  if (watching !== undefined) {
    return (
      <div className={styles['bar']} role="group" aria-label="Control">
        <Tooltip label={watching}>
          <span className={styles['badge']}>Viewing only</span>
        </Tooltip>
        {other !== undefined && <span className={styles['who']}>{other} operates</span>}
      </div>
    )
  }
  if (owner && other === undefined && !shared) return null
  const take = () => void takeControl(services)
  const release = () => void releaseControl(services)
  return (
    <div className={styles['bar']} role="group" aria-label="Control">
      {holds && <span className={styles['who']}>You operate</span>}
      {holds && (
        <Tooltip label="Let others operate">
          <Button variant="default" size="compact-xs" onClick={release}>
            Release
          </Button>
        </Tooltip>
      )}
      {!holds && (
        <span className={styles['who']}>{other === undefined ? 'Nobody operates' : `${other} operates`}</span>
      )}
      {!holds && askedUntil !== undefined && (
        <>
          <span className={styles['who']}>
            Yours <Countdown at={askedUntil} />
          </span>
          <Button variant="default" size="compact-xs" onClick={release}>
            Do not ask
          </Button>
        </>
      )}
      {!holds && askedUntil === undefined && (
        <Button variant="default" size="compact-xs" onClick={take}>
          {owner || other === undefined ? 'Take control' : 'Ask for control'}
        </Button>
      )}
    </div>
  )
}
