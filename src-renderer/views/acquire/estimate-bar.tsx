import { Button, Tooltip } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { isRunning, startPlan } from '../../actions/acquire-actions.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { durationText } from '../../components/duration-words.ts'
import { byteRate } from '../../components/format.ts'
import { useEngine, usePlan, useServices } from '../../services.ts'
import { whyNotOperate } from '../../stores/permission.ts'
import type { PlanDraft } from '../../stores/plan-draft.ts'
import styles from './estimate-bar.module.css'
import { counted, isLarge, roomText, shareText, sizesText } from './estimate-words.ts'
import { LastLook } from './last-look.tsx'
import { usePlanCheck } from './plan-check.tsx'
import { RemarkList } from './remark-list.tsx'

/** What the plan will take, what stands against it, and the button that starts it. */
export function EstimateBar() {
  const services = useServices()
  const { estimate, problems, warnings, failure, asking, empty } = usePlanCheck()
  const running = useEngine((state) => isRunning(state.acquisition))
  const connected = useEngine((state) => state.connection.state === 'connected')
  const refusal = useEngine((state) => whyNotOperate(state)?.reason)
  const [starting, setStarting] = useState(false)
  const draft = usePlan((state) => state)
  /** The plan that is given a last look before it is started. */
  const [looked, setLooked] = useState<PlanDraft>()
  const startButton = useRef<HTMLButtonElement>(null)
  const reason =
    refusal ??
    (running
      ? 'A plan is running.'
      : empty
        ? 'The plan is empty: switch something on.'
        : problems.length > 0
          ? 'The plan cannot be run: see what is wrong with it.'
          : undefined)
  const startable = connected && reason === undefined && estimate !== undefined
  const looking = startable && looked === draft
  // A look that was interrupted, or at another plan, does not come back by itself.
  if (looked !== undefined && !looking) setLooked(undefined)

  async function start() {
    setLooked(undefined)
    setStarting(true)
    await startPlan(services)
    setStarting(false)
  }
  function press() {
    if (!startable || asking || starting) return
    if (isLarge(estimate) || warnings.length > 0) setLooked(draft)
    else void start()
  }
  function goBack() {
    flushSync(() => setLooked(undefined))
    startButton.current?.focus()
  }
  if (looking) {
    return (
      <footer className={styles['bar']} aria-label="Estimate">
        <LastLook
          estimate={estimate}
          asking={asking}
          warnings={warnings}
          onStart={() => void start()}
          onBack={goBack}
        />
      </footer>
    )
  }
  return (
    <footer className={styles['bar']} aria-label="Estimate">
      {(problems.length > 0 || warnings.length > 0) && (
        <div className={styles['remarks']} role="status" aria-label="Remarks">
          <RemarkList remarks={problems} kind="problem" />
          <RemarkList remarks={warnings} kind="warning" />
        </div>
      )}
      <FailureLine failure={failure} />
      <div className={styles['line']}>
        <div
          className={styles['facts']}
          data-stale={asking || undefined}
          role="status"
          aria-label="What it takes"
        >
          {empty && <span className={styles['dim']}>Nothing to acquire yet.</span>}
          {!empty && estimate === undefined && (
            <span className={styles['dim']}>{asking ? 'Working out what it takes…' : ''}</span>
          )}
          {estimate !== undefined && (
            <>
              <span>
                <strong>{counted(estimate.frames, 'image')}</strong>{' '}
                <span className={styles['sizes']}>{sizesText(estimate.sizes)}</span>
              </span>
              <span>
                <span className={styles['dim']}>about</span>{' '}
                <strong>{durationText(estimate.durationS)}</strong>
              </span>
              <Tooltip label={`${shareText(estimate)}; at most ${byteRate(estimate.bytesPerSecond)}`}>
                <span>
                  <strong>{roomText(estimate)}</strong>
                </span>
              </Tooltip>
            </>
          )}
        </div>
        <Tooltip label={reason ?? 'Start the acquisition'}>
          <Button
            color="live.4"
            autoContrast
            ref={startButton}
            loading={starting}
            {...(startable && !asking ? {} : { 'data-disabled': true, 'aria-disabled': true })}
            leftSection={<IconPlayerPlayFilled size={13} />}
            onClick={press}
          >
            Start acquisition
          </Button>
        </Tooltip>
      </div>
    </footer>
  )
}
