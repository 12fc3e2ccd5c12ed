import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './refusable.module.css'

/** See `Refusable`. */
export type RefusableProps = {
  /** Why these controls may not be used now; undefined: they may. */
  readonly reason: string | undefined
  /** `each`: the controls are disabled one by one, by whoever shows them; by default all of them at once. */
  readonly disable?: 'all' | 'each'
  readonly children: ReactNode
}

/** Controls that may be refused to this page: then they are disabled, and a tooltip says why. */
export function Refusable({ reason, disable = 'all', children }: RefusableProps) {
  const blocked = reason !== undefined
  return (
    <Tooltip.Floating label={reason ?? ''} disabled={!blocked} multiline fz="xs" maw={260}>
      <fieldset
        className={styles['controls']}
        data-blocked={blocked || undefined}
        disabled={blocked && disable === 'all'}
      >
        {children}
      </fieldset>
    </Tooltip.Floating>
  )
}
