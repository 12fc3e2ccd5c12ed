import { useRef } from 'react'
import type { PlanRemark } from '../../../src-shared/plan/read-plan.ts'
import { usePlan, useServices } from '../../services.ts'
import { elementAt, pathWords, remarkWords } from './plan-paths.ts'
import styles from './remark-list.module.css'
import { unfoldedFor } from './unfold.ts'

export type RemarkListProps = {
  readonly remarks: readonly PlanRemark[]
  readonly kind: 'problem' | 'warning'
}

/** Things to know about the plan; each leads to the field that it is about. */
export function RemarkList({ remarks, kind }: RemarkListProps) {
  const services = useServices()
  const sequence = usePlan((draft) => draft.sequence)
  const list = useRef<HTMLUListElement>(null)
  if (remarks.length === 0) return null

  function show(path: string) {
    services.view.setState((state) => ({ folded: unfoldedFor(path, state.folded) }))
    // The section is in the page once it is unfolded.
    requestAnimationFrame(() => {
      const root = list.current?.closest('[data-plan]')
      const element = root === null || root === undefined ? undefined : elementAt(root, path)
      element?.scrollIntoView({ block: 'center' })
      const field =
        element?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
        element?.querySelector<HTMLElement>('input, button')
      field?.focus({ preventScroll: true })
    })
  }
  return (
    <ul
      ref={list}
      className={styles['list']}
      data-kind={kind}
      aria-label={kind === 'problem' ? 'Problems of the plan' : 'Warnings about the plan'}
    >
      {remarks.map(({ path, message }) => (
        <li key={`${path} ${message}`} className={styles['remark']}>
          {path !== '' && (
            <button type="button" className={styles['link']} onClick={() => show(path)}>
              {pathWords(path, sequence)}
            </button>
          )}
          <span>{remarkWords({ path, message })}</span>
        </li>
      ))}
    </ul>
  )
}
