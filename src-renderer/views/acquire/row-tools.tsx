import { ActionIcon } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'
import styles from './plan-rows.module.css'

/** `list` with the entry at `index` moved by `by` places; the same list where there is no such place. */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): readonly T[] {
  const [entry, other] = [list[index], list[index + by]]
  if (entry === undefined || other === undefined) return list
  return list.with(index, other).with(index + by, entry)
}

export type RowToolsProps = {
  /** What is moved or removed, for screen readers. */
  readonly name: string
  readonly index: number
  readonly count: number
  onMove(by: -1 | 1): void
  onRemove(): void
}

/** Buttons at the end of a row: up, down, away. */
export function RowTools({ name, index, count, onMove, onRemove }: RowToolsProps) {
  return (
    <span className={styles['tools']}>
      <ActionIcon size={20} aria-label={`Move ${name} up`} disabled={index === 0} onClick={() => onMove(-1)}>
        <IconChevronUp size={14} stroke={1.8} />
      </ActionIcon>
      <ActionIcon
        size={20}
        aria-label={`Move ${name} down`}
        disabled={index === count - 1}
        onClick={() => onMove(1)}
      >
        <IconChevronDown size={14} stroke={1.8} />
      </ActionIcon>
      <ActionIcon size={20} aria-label={`Remove ${name}`} onClick={onRemove}>
        <IconX size={14} stroke={1.8} />
      </ActionIcon>
    </span>
  )
}

const focusable = 'input, button, [tabindex]'

/** Alt with the up and down arrows moves the row that has the focus; the focus goes with it. */
export function moveRowByKeys(
  event: KeyboardEvent<HTMLElement>,
  { index, count, onMove }: Pick<RowToolsProps, 'index' | 'count' | 'onMove'>,
): void {
  const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : undefined
  if (!event.altKey || by === undefined || index + by < 0 || index + by >= count) return
  event.preventDefault()
  event.stopPropagation()
  const row = event.currentTarget
  const control = [...row.querySelectorAll(focusable)].findIndex((element) => element === event.target)
  const rows = row.closest('[role="list"]')?.querySelectorAll('[role="listitem"]') ?? []
  const next = rows[index + by]
  onMove(by)
  const target = [...(next?.querySelectorAll<HTMLElement>(focusable) ?? [])][control]
  target?.focus()
}
