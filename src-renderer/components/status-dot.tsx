import styles from './status-dot.module.css'

/** What the dot says. */
export type DotState = 'live' | 'ready' | 'connecting' | 'error'

const words: Record<DotState, string> = {
  live: 'live',
  ready: 'ready',
  connecting: 'connecting',
  error: 'failed',
}

/** The state of a device at a glance; only what is live has the accent colour. */
export function StatusDot({ state }: { readonly state: DotState }) {
  return <span className={styles['dot']} data-state={state} role="img" aria-label={words[state]} />
}
