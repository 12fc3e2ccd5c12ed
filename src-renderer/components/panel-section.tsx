import { IconChevronDown } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { useServices, useView } from '../services.ts'
import styles from './panel-section.module.css'

type PanelSectionProps = {
  /** Under which the folded state is remembered. */
  readonly id: string
  readonly title: string
  /** Small controls or facts at the right end of the heading. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A part of a side panel that can be folded away. */
export function PanelSection({ id, title, aside, children }: PanelSectionProps) {
  const { view } = useServices()
  const folded = useView((state) => state.folded[id] ?? false)
  const bodyId = useId()
  return (
    <section className={styles['section']} aria-label={title} data-folded={folded || undefined}>
      <header className={styles['header']}>
        <button
          type="button"
          className={styles['heading']}
          aria-expanded={!folded}
          aria-controls={bodyId}
          onClick={() => view.setState((state) => ({ folded: { ...state.folded, [id]: !folded } }))}
        >
          <IconChevronDown className={styles['chevron']} size={13} stroke={2} aria-hidden="true" />
          {title}
        </button>
        {aside !== undefined && <div className={styles['aside']}>{aside}</div>}
      </header>
      <div id={bodyId} className={styles['body']} hidden={folded}>
        {!folded && children}
      </div>
    </section>
  )
}
