import { Button, Tooltip } from '@mantine/core'
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react'
import { useState } from 'react'
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { cancelPlan, pausePlan, resumePlan } from '../../actions/acquire-actions.ts'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct, whyNotOperate } from '../../stores/permission.ts'
import { counted } from './estimate-words.ts'
import styles from './run-panel.module.css'
import { muchDone } from './run-words.ts'

/** Pause, go on, end. */
export function RunButtons({ status }: { readonly status: PlanStatus }) {
  const services = useServices()
  const [pending, setPending] = useState<'pause' | 'cancel'>()
  const [asked, setAsked] = useState(false)
  const paused = status.state === 'paused'
  const pauseRefusal = useEngine((state) => (paused ? whyNotOperate(state) : whyNotAct(state))?.reason)
  const cancelRefusal = useEngine((state) => whyNotAct(state)?.reason)
  const ending = status.state === 'finishing'

  async function togglePause() {
    setPending('pause')
    await (paused ? resumePlan : pausePlan)(services)
    setPending(undefined)
  }
  async function end() {
    setAsked(false)
    setPending('cancel')
    await cancelPlan(services)
    setPending(undefined)
  }
  if (asked && !ending) {
    return (
      <div className={styles['buttons']} role="alertdialog" aria-label="End the acquisition">
        <span>End it now? {counted(status.frames.written, 'image')} so far will be kept.</span>
        <Button color="red" variant="light" onClick={() => void end()}>
          End it
        </Button>
        <Button variant="default" autoFocus onClick={() => setAsked(false)}>
          Go on
        </Button>
      </div>
    )
  }
  return (
    <div className={styles['buttons']}>
      <Tooltip label={pauseRefusal ?? (paused ? 'Go on' : 'Pause after the image under way')}>
        <Button
          variant="default"
          loading={pending === 'pause'}
          disabled={ending}
          {...refused(pauseRefusal)}
          leftSection={paused ? <IconPlayerPlayFilled size={13} /> : <IconPlayerPauseFilled size={13} />}
          onClick={() => void togglePause()}
        >
          {paused ? 'Resume' : 'Pause'}
        </Button>
      </Tooltip>
      <Tooltip label={cancelRefusal ?? 'End it; what was acquired is kept'}>
        <Button
          variant="default"
          loading={pending === 'cancel'}
          disabled={ending}
          {...refused(cancelRefusal)}
          leftSection={<IconPlayerStopFilled size={13} />}
          onClick={() => {
            if (muchDone(status, Date.now())) setAsked(true)
            else void end()
          }}
        >
          Cancel
        </Button>
      </Tooltip>
    </div>
  )
}

/** Not `disabled`, which would hide the tooltip that says why. */
function refused(reason: string | undefined) {
  return reason === undefined ? {} : { 'data-disabled': true, 'aria-disabled': true }
}
