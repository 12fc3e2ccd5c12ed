import { Button } from '@mantine/core'
import { answerControl } from '../actions/control-actions.ts'
import { Countdown } from '../components/countdown.tsx'
import { useEngine, useServices } from '../services.ts'
import { holdsControl } from '../stores/permission.ts'
import styles from './control-request.module.css'

/** Asks who operates whether to hand over to somebody who wants to. */
export function ControlRequest() {
  const services = useServices()
  const request = useEngine((state) => (holdsControl(state) ? state.control.request : undefined))
  if (request === undefined) return null
  return (
    <div className={styles['request']} role="alertdialog" aria-label="Request for control">
      <p>
        <strong>{request.caller.label}</strong> asks for control, and gets it <Countdown at={request.until} />{' '}
        unless you keep it.
      </p>
      <Button variant="default" onClick={() => void answerControl(services, { grant: true })}>
        Hand over
      </Button>
      <Button color="live.4" autoContrast onClick={() => void answerControl(services, { grant: false })}>
        Keep
      </Button>
    </div>
  )
}
