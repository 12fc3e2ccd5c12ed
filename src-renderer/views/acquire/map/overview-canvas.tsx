import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Size } from '../../../display/view-transform.ts'
import { useServices } from '../../../services.ts'
import { type MapFrame, toMap } from './map-frame.ts'
import styles from './stage-map.module.css'

/** The pictures under the map. */
export function OverviewCanvas({ frame, size }: { readonly frame: MapFrame; readonly size: Size }) {
  const { overview } = useServices()
  const canvas = useRef<HTMLCanvasElement>(null)
  const pictures = useSyncExternalStore(
    (listener) => overview.subscribe(listener),
    () => overview.pictures,
  )
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (canvas.current === null || context === null || context === undefined) return
    const ratio = window.devicePixelRatio
    canvas.current.width = Math.round(size.width * ratio)
    canvas.current.height = Math.round(size.height * ratio)
    context.scale(ratio, ratio)
    for (const { bitmap, leftUm, topUm, widthUm, heightUm } of pictures) {
      const { x, y } = toMap(frame, size, { x: leftUm, y: topUm })
      context.drawImage(bitmap, x, y, widthUm * frame.scale, heightUm * frame.scale)
    }
  }, [frame, size, pictures])
  return <canvas ref={canvas} className={styles['pictures']} aria-hidden="true" />
}
