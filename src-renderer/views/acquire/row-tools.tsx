import { ActionIcon } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'
import { flushSync } from 'react-dom'
import styles from './plan-rows.module.css'

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
      <ActionIcon
        size={20}
        aria-label={`Remove ${name}`}
        data-removes
        onClick={({ currentTarget }) => removeRow(currentTarget, onRemove)}
      >
        <IconX size={14} stroke={1.8} />
      </ActionIcon>
    </span>
  )
}

const focusable = 'input, button, [tabindex]'

/** Where the row around `element` lies among those that are drawn. */
function placeOf(element: Element) {
  const list = element.closest('[role="list"]')
  const rows = () => [...(list?.querySelectorAll('[role="listitem"]') ?? [])]
  return { rows, at: rows().findIndex((row) => row.contains(element)) }
}

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
  const { rows, at } = placeOf(row)
  flushSync(() => onMove(by))
  // In a long list it may have been drawn anew.
  const target = rows()[at + by]?.querySelectorAll<HTMLElement>(focusable)[control]
  if (target !== document.activeElement) target?.focus()
}

/** The focus goes to the row that takes its place; to the section's switch where none is left. */
function removeRow(button: HTMLElement, onRemove: () => void): void {
  const { rows, at } = placeOf(button)
  const section = button.closest('section')
  flushSync(onRemove)
  // With its last row the list itself may have gone.
  const left = rows().filter(({ isConnected }) => isConnected)
  const next = left[Math.min(at, left.length - 1)]?.querySelector<HTMLElement>('[data-removes]')
  const target = next ?? section?.querySelector<HTMLElement>('[role="switch"]')
  target?.focus()
}
