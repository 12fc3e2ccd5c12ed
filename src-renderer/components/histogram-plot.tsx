import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import type { Histogram } from '../display/display-types.ts'
import { clampWindow, type ValueWindow } from '../stores/auto-window.ts'
import { histogramPath, transferPath, type ValueAxis, valueAxis } from './histogram-shape.ts'
import styles from './histogram-plot.module.css'

export type HistogramPlotProps = {
  readonly histogram: Histogram | undefined
  readonly window: ValueWindow
  readonly gamma: number
  readonly scale: 'linear' | 'log'
  readonly range: 'full' | 'data'
  readonly disabled: boolean
  onWindow(window: ValueWindow): void
  /** Double click: fit the window to the image. */
  onAuto(): void
}

type Part = 'low' | 'high' | 'both'
type Drag = { readonly axis: ValueAxis; readonly window: ValueWindow }

/** The pixel values of the image, and on them the window, to be dragged by its ends or as a whole. */
export function HistogramPlot(props: HistogramPlotProps) {
  const { histogram, window: shown, gamma, scale, range, disabled, onWindow, onAuto } = props
  const plot = useRef<HTMLDivElement>(null)
  // While dragging the axis stands still and the window is the user's, whatever arrives meanwhile.
  const [drag, setDrag] = useState<Drag>()
  const window = drag?.window ?? shown
  const maxValue = histogram?.maxValue ?? 65535
  const axis = drag?.axis ?? valueAxis(range, window, histogram)
  const placeOf = (value: number) =>
    Math.max(0, Math.min(1, (value - axis.from) / Math.max(1, axis.to - axis.from)))
  const low = placeOf(window.low)
  const high = placeOf(window.high)

  function startDrag(part: Part, down: PointerEvent<HTMLElement>) {
    const width = plot.current?.clientWidth ?? 0
    if (disabled || width === 0 || down.button !== 0) return
    const handle = down.currentTarget
    const start = window
    const perPx = (axis.to - axis.from) / width
    handle.setPointerCapture(down.pointerId)
    const onMove = (move: globalThis.PointerEvent) => {
      const next = moved(start, part, (move.clientX - down.clientX) * perPx, maxValue)
      setDrag({ axis, window: next })
      onWindow(next)
    }
    const onEnd = () => {
      handle.removeEventListener('pointermove', onMove)
      handle.removeEventListener('lostpointercapture', onEnd)
      setDrag(undefined)
    }
    handle.addEventListener('pointermove', onMove)
    handle.addEventListener('lostpointercapture', onEnd)
  }

  function onKeyDown(part: Part, event: KeyboardEvent) {
    const direction = ['ArrowLeft', 'ArrowDown'].includes(event.key)
      ? -1
      : ['ArrowRight', 'ArrowUp'].includes(event.key)
        ? 1
        : 0
    if (direction === 0 || disabled) return
    event.preventDefault()
    const step = Math.max(1, Math.round((axis.to - axis.from) / (event.shiftKey ? 20 : 200)))
    onWindow(moved(window, part, direction * step, maxValue))
  }

  const handle = (part: 'low' | 'high', title: string, place: number) => (
    <div
      className={styles['handle']}
      data-part={part}
      role="slider"
      tabIndex={disabled ? -1 : 0}
      aria-label={title}
      aria-valuemin={0}
      aria-valuemax={maxValue}
      aria-valuenow={window[part]}
      aria-valuetext={`${window[part]} ADU`}
      aria-disabled={disabled}
      style={{ left: `${place * 100}%` }}
      onPointerDown={(event) => startDrag(part, event)}
      onKeyDown={(event) => onKeyDown(part, event)}
    />
  )

  return (
    <div
      ref={plot}
      className={styles['plot']}
      role="group"
      aria-label="Histogram"
      data-disabled={disabled || undefined}
      onDoubleClick={disabled ? undefined : onAuto}
    >
      <svg className={styles['curves']} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {histogram !== undefined && (
          <path className={styles['area']} d={histogramPath(histogram, axis, scale)} />
        )}
      </svg>
      <div className={styles['shade']} data-side="low" style={{ width: `${low * 100}%` }} />
      <div className={styles['shade']} data-side="high" style={{ width: `${(1 - high) * 100}%` }} />
      <div
        className={styles['window']}
        style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }}
        onPointerDown={(event) => startDrag('both', event)}
      />
      <svg className={styles['curves']} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <path className={styles['transfer']} d={transferPath(window, gamma, axis)} />
      </svg>
      {handle('low', 'Black at', low)}
      {handle('high', 'White at', high)}
    </div>
  )
}

/** `start` with one end, or all of it, moved by `by` ADU; the whole keeps its width at the ends of the range. */
function moved(start: ValueWindow, part: Part, by: number, maxValue: number): ValueWindow {
  if (part === 'low')
    return clampWindow({ low: Math.min(start.low + by, start.high - 1), high: start.high }, maxValue)
  if (part === 'high')
    return clampWindow({ low: start.low, high: Math.max(start.high + by, start.low + 1) }, maxValue)
  const inside = Math.max(-start.low, Math.min(maxValue - start.high, by))
  return clampWindow({ low: start.low + inside, high: start.high + inside }, maxValue)
}
