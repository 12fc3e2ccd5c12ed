import { Checkbox } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import { FailureLine } from '../components/failure-line.tsx'
import { useEngine, useServices } from '../services.ts'
import styles from './focus-search.module.css'

type LiveSharpnessProps = { readonly detectorName: string; readonly ready: boolean }

/** How sharp the live image is: to be watched while z is turned by hand. */
export function LiveSharpness({ detectorName, ready }: LiveSharpnessProps) {
  const [on, setOn] = useState(false)
  // What is measured ends with the connection: it begins anew with the next.
  const connected = useEngine((state) => state.connection.state === 'connected')
  return (
    <div className={styles['live']}>
      <Checkbox
        size="xs"
        label="Live sharpness"
        checked={on}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
      {on && ready && connected && <ShareOfBest detectorName={detectorName} />}
    </div>
  )
}

/** The sharpness as a share of the best since this is shown. */
function ShareOfBest({ detectorName }: { readonly detectorName: string }) {
  const { backend } = useServices()
  const [shown, setShown] = useState<{ readonly score: number; readonly best: number }>()
  const [failure, setFailure] = useState<CallFailure>()
  useEffect(() => {
    const end = new AbortController()
    const follow = async () => {
      const scores = await backend.client.focus.scores({ detectorName }, { signal: end.signal })
      for await (const { score } of scores)
        setShown((last) => ({ score, best: Math.max(score, last?.best ?? 0) }))
    }
    follow().catch((error: unknown) => {
      if (!end.signal.aborted) setFailure(callFailure(error))
    })
    return () => end.abort()
  }, [backend, detectorName])
  if (failure !== undefined) return <FailureLine failure={failure} />
  const share = shown === undefined || shown.best <= 0 ? undefined : Math.max(0, shown.score / shown.best)
  return (
    <>
      <meter className={styles['bar']} aria-label="Sharpness, share of the best" value={share ?? 0} />
      <span className={styles['share']}>{share === undefined ? '–' : `${Math.round(100 * share)} %`}</span>
    </>
  )
}
