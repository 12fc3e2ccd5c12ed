import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import type { Histogram } from '../display/display-types.ts'
import { clampWindow, onGrid, type ValueWindow } from '../stores/auto-window.ts'
import { histogramPath, transferPath, type ValueAxis, valueAxis } from './histogram-shape.ts'
import styles from './histogram-plot.module.css'

type HistogramPlotProps = {
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
  const real = histogram?.real
  const values: Values = {
    maxValue: real === undefined ? (histogram?.maxValue ?? 65535) : undefined,
    step: real?.step ?? 1,
  }
  const axis = drag?.axis ?? valueAxis(range, window, histogram)
  const placeOf = (value: number) =>
    Math.max(0, Math.min(1, (value - axis.from) / Math.max(values.step, axis.to - axis.from)))
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
      const next = moved(start, part, (move.clientX - down.clientX) * perPx, values)
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
    const step = Math.max(
      values.step,
      onGrid((axis.to - axis.from) / (event.shiftKey ? 20 : 200), values.step),
    )
    onWindow(moved(window, part, direction * step, values))
  }

  const handle = (part: 'low' | 'high', title: string, place: number) => (
    <div
      className={styles['handle']}
      data-part={part}
      role="slider"
      tabIndex={disabled ? -1 : 0}
      aria-label={title}
      aria-valuemin={real === undefined ? 0 : histogram?.min}
      aria-valuemax={histogram?.maxValue ?? 65535}
      aria-valuenow={window[part]}
      aria-valuetext={`${window[part]}${real === undefined ? ' ADU' : ''}`}
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

/** What pixels may have: `maxValue` is undefined for real numbers. */
type Values = { readonly maxValue: number | undefined; readonly step: number }

/** `start` with one end, or all of it, moved by `by` ADU; the whole keeps its width at the ends of the range. */
function moved(start: ValueWindow, part: Part, by: number, { maxValue, step }: Values): ValueWindow {
  if (part === 'low') {
    const low = onGrid(Math.min(start.low + by, start.high - step), step)
    return clampWindow({ low, high: start.high }, maxValue)
  }
  if (part === 'high') {
    const high = onGrid(Math.max(start.high + by, start.low + step), step)
    return clampWindow({ low: start.low, high }, maxValue)
  }
  const inside = maxValue === undefined ? by : Math.max(-start.low, Math.min(maxValue - start.high, by))
  return clampWindow({ low: start.low + inside, high: start.high + inside }, maxValue)
}
