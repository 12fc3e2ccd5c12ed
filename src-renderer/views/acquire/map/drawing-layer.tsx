import { type Drawing, drawnBox } from './map-drawing.ts'
import { linePath } from './map-shapes.ts'
import styles from './stage-map.module.css'

/** What is being drawn. `radiusUm`: of the marks at its corners. */
export function DrawingLayer({
  drawing,
  radiusUm,
}: {
  readonly drawing: Drawing
  readonly radiusUm: number
}) {
  const { corners, cursor, tool } = drawing
  const box = tool === 'area' ? drawnBox(drawing) : undefined
  const line = cursor === undefined ? corners : [...corners, cursor]
  return (
    <>
      {box !== undefined && (
        <rect
          className={styles['drawn']}
          x={box.left}
          y={box.bottom}
          width={box.right - box.left}
          height={box.top - box.bottom}
        />
      )}
      {tool === 'polygon' && line.length > 0 && <path className={styles['drawn']} d={linePath(line)} />}
      {line.map(([x, y], i) => (
        <circle key={`${i} ${x} ${y}`} className={styles['corner']} cx={x} cy={y} r={radiusUm} />
      ))}
    </>
  )
}
