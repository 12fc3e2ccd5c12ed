import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { useEngine } from '../services.ts'
import { whyNotOperate } from '../stores/permission.ts'
import styles from './operator-controls.module.css'

/** Why this page may not operate the microscope now; undefined when it may. */
export function useBlocked(): string | undefined {
  return useEngine((state) => whyNotOperate(state)?.reason)
}

export type OperatorControlsProps = {
  /** `each`: the controls are disabled one by one, by `useBlocked`; by default all of them at once. */
  readonly disable?: 'all' | 'each'
  readonly children: ReactNode
}

/** Controls that change the microscope: while this page may not operate it they are disabled, and a tooltip says why. */
export function OperatorControls({ disable = 'all', children }: OperatorControlsProps) {
  const reason = useBlocked()
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
