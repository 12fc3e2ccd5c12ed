import { type MouseEvent, type ReactNode, useRef } from 'react'
import styles from './own-presses.module.css'

/**
 * Content that takes the place of other content when that is clicked. Whoever double-clicks there meant nothing that
 * lies under the pointer only since the first click: presses count from the first one that begins here.
 */
export function OwnPresses({ children }: { readonly children: ReactNode }) {
  const begun = useRef(false)
  function onPress(event: MouseEvent) {
    // The browser counts the clicks that follow each other closely.
    if (event.detail < 2) begun.current = true
    if (begun.current) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      className={styles['content']}
      onMouseDownCapture={onPress}
      onClickCapture={onPress}
      onDoubleClickCapture={onPress}
    >
      {children}
    </div>
  )
}
