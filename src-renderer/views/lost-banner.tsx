import { Countdown } from '../components/countdown.tsx'
import { useEngine, useShown } from '../services.ts'
import styles from './lost-banner.module.css'

/** Says that what is on the screen is not live any more, and when the next attempt is made. */
export function LostBanner() {
  const connection = useEngine((state) => state.connection)
  const framesLost = useShown((state) => state.channel.connection === 'lost')
  if (connection.state === 'lost') {
    return (
      <div className={styles['banner']} role="alert">
        <strong>Connection lost</strong>
        <span>
          The image and the values are the last ones received. Trying again{' '}
          <Countdown at={connection.retryAt} />.
        </span>
      </div>
    )
  }
  if (!framesLost || connection.state !== 'connected') return null
  return (
    <div className={styles['banner']} role="alert">
      <strong>No images arrive</strong>
      <span>The image channel is interrupted; it is opened again by itself.</span>
    </div>
  )
}
