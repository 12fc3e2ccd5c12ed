import { Checkbox } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import { FailureLine } from '../components/failure-line.tsx'
import { useEngine, useServices } from '../services.ts'
import { imageSettings } from '../stores/image-settings.ts'
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

/** Sharpness under the same settings: that of other pixels, light or objectives is another measure. */
type Comparison = {
  readonly settings: string
  /** Undefined: none was measured yet for sure. */
  readonly score: number | undefined
  readonly best: number
  /** They are not the first settings since this is shown. */
  readonly anew: boolean
}

function compared(last: Comparison | undefined, settings: string, score: number): Comparison {
  if (last?.settings === settings) return { ...last, score, best: Math.max(score, last.best) }
  // The first score after a change may still be of an image from before it.
  return { settings, score: undefined, best: 0, anew: last !== undefined }
}

/** The sharpness as a share of the best since this is shown, or since the image became another. */
function ShareOfBest({ detectorName }: { readonly detectorName: string }) {
  const { backend, engine } = useServices()
  const [shown, setShown] = useState<Comparison>()
  const [failure, setFailure] = useState<CallFailure>()
  useEffect(() => {
    const end = new AbortController()
    const follow = async () => {
      const scores = await backend.client.focus.scores({ detectorName }, { signal: end.signal })
      for await (const { score } of scores) {
        const settings = imageSettings(engine.getState(), detectorName)
        setShown((last) => compared(last, settings, score))
      }
    }
    follow().catch((error: unknown) => {
      if (!end.signal.aborted) setFailure(callFailure(error))
    })
    return () => end.abort()
  }, [backend, engine, detectorName])
  if (failure !== undefined) return <FailureLine failure={failure} />
  const { score, best = 0, anew = false } = shown ?? {}
  const share = score === undefined || best <= 0 ? undefined : Math.max(0, score / best)
  return (
    <>
      <meter className={styles['bar']} aria-label="Sharpness, share of the best" value={share ?? 0} />
      <span className={styles['share']}>{share === undefined ? '–' : `${Math.round(100 * share)} %`}</span>
      <span className={styles['of']}>
        of the best since {anew ? 'the camera, light or objective was set otherwise' : 'it was switched on'}
      </span>
    </>
  )
}
