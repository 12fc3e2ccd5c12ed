import { Button } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { wellName, type WellPlatePlan } from '../../../src-shared/plan/well-plate.ts'
import { counted } from './estimate-words.ts'
import styles from './plate-drawing.module.css'
import rows from './plan-rows.module.css'
import { type Well, wellsWith } from './well-choice.ts'

export type PlateDrawingProps = {
  readonly plan: WellPlatePlan
  onChange(wells: readonly Well[]): void
}

const pitch = 10
const margin = 9

/** The plate, drawn: wells are chosen by clicking or dragging over them, or by arrow keys and the space bar. */
export function PlateDrawing({ plan, onChange }: PlateDrawingProps) {
  const { plate, wells } = plan
  const [focused, setFocused] = useState<Well>([0, 0])
  const dragged = useRef<{ readonly from: Well; readonly choose: boolean }>(undefined)
  const drawing = useRef<SVGSVGElement>(null)
  const chosen = new Set(wells.map(([row, column]) => wellName(row, column)))
  const isChosen = ([row, column]: Well) => chosen.has(wellName(row, column))
  const change = (from: Well, to: Well, choose: boolean) => onChange(wellsWith(wells, { from, to, choose }))
  const all: readonly [Well, Well] = [
    [0, 0],
    [plate.rows - 1, plate.columns - 1],
  ]

  function wellAt(event: PointerEvent): Well | undefined {
    const element = document.elementFromPoint(event.clientX, event.clientY)
    if (!(element instanceof SVGElement)) return undefined
    const { row, column } = element.dataset
    return row === undefined || column === undefined ? undefined : [Number(row), Number(column)]
  }
  function onPointerDown(event: PointerEvent) {
    const well = wellAt(event)
    if (well === undefined) return
    event.currentTarget.setPointerCapture(event.pointerId)
    dragged.current = { from: well, choose: !isChosen(well) }
    setFocused(well)
    change(well, well, !isChosen(well))
  }
  function onPointerMove(event: PointerEvent) {
    const well = wellAt(event)
    if (dragged.current === undefined || well === undefined) return
    change(dragged.current.from, well, dragged.current.choose)
  }
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (step !== undefined) {
      const [down = 0, right = 0] = step
      const next: Well = [
        Math.max(0, Math.min(plate.rows - 1, focused[0] + down)),
        Math.max(0, Math.min(plate.columns - 1, focused[1] + right)),
      ]
      setFocused(next)
      drawing.current?.querySelector<SVGElement>(`[data-row="${next[0]}"][data-column="${next[1]}"]`)?.focus()
    } else if (event.key === ' ' || event.key === 'Enter') {
      change(focused, focused, !isChosen(focused))
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const range = (length: number) => Array.from({ length }, (_, i) => i)
  return (
    <div className={styles['plate']} data-path="stage_positions.selected_wells">
      <svg
        ref={drawing}
        className={styles['drawing']}
        viewBox={`0 0 ${plate.columns * pitch + margin} ${plate.rows * pitch + margin}`}
        role="grid"
        aria-label={`Wells of the plate, ${counted(wells.length, 'well')} chosen`}
        aria-multiselectable="true"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          dragged.current = undefined
        }}
        onKeyDown={onKeyDown}
      >
        {range(plate.columns).map((column) => (
          <text
            key={column}
            className={styles['label']}
            x={margin + (column + 0.5) * pitch}
            y={margin - 2.5}
            aria-hidden="true"
            onClick={() => {
              const line = range(plate.rows).map((row): Well => [row, column])
              change([0, column], [plate.rows - 1, column], !line.every(isChosen))
            }}
          >
            {column + 1}
          </text>
        ))}
        {range(plate.rows).map((row) => (
          <g key={row} role="row">
            <text
              className={styles['label']}
              x={margin - 4}
              y={margin + (row + 0.5) * pitch + 2}
              aria-hidden="true"
              onClick={() => {
                const line = range(plate.columns).map((column): Well => [row, column])
                change([row, 0], [row, plate.columns - 1], !line.every(isChosen))
              }}
            >
              {wellName(row, 0).slice(0, -1)}
            </text>
            {range(plate.columns).map((column) => (
              <rect
                key={column}
                className={styles['well']}
                role="gridcell"
                aria-label={wellName(row, column)}
                aria-selected={isChosen([row, column])}
                tabIndex={focused[0] === row && focused[1] === column ? 0 : -1}
                data-row={row}
                data-column={column}
                x={margin + column * pitch + 1}
                y={margin + row * pitch + 1}
                width={pitch - 2}
                height={pitch - 2}
                rx={plate.circular ? pitch / 2 : 1}
              />
            ))}
          </g>
        ))}
      </svg>
      <div className={rows['buttons']}>
        <Button variant="default" size="compact-xs" onClick={() => change(...all, true)}>
          All wells
        </Button>
        <Button variant="default" size="compact-xs" onClick={() => onChange([[0, 0]])}>
          A1 only
        </Button>
        <span className={rows['note']}>
          {counted(wells.length, 'well')}, imaged in the order they were chosen
        </span>
      </div>
    </div>
  )
}
