import { type RefObject, useCallback, useEffect, useState } from 'react'
import type { Box } from '../../../../src-shared/plan/polygon.ts'
import { type Size, wheelZoomFactor } from '../../../display/view-transform.ts'
import { fitBox, type MapFrame, panFrame, zoomFrame } from './map-frame.ts'

/** The part of the stage on show, and what changes it. */
export type MapView = {
  readonly frame: MapFrame
  /** CSS pixels. */
  readonly size: Size
  fit(): void
  pan(dx: number, dy: number): void
  /** Around `at`, or the middle. */
  zoom(factor: number, at?: { readonly x: number; readonly y: number }): void
}

/**
 * What part of the stage the map shows. It shows all of `content` until the user chooses otherwise.
 * @param content must be the same object while nothing has changed
 */
export function useMapFrame(host: RefObject<HTMLElement | null>, content: Box): MapView {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 })
  const [chosen, setChosen] = useState<MapFrame>()
  const frame = chosen ?? fitBox(content, size)
  const change = useCallback(
    (next: (frame: MapFrame) => MapFrame) => setChosen((before) => next(before ?? fitBox(content, size))),
    [content, size],
  )
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [host])
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const at = { x: event.clientX - box.left, y: event.clientY - box.top }
      change((before) => zoomFrame(before, size, wheelZoomFactor(event), at))
    }
    // Not by React, whose wheel listeners are passive.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [host, size, change])
  return {
    frame,
    size,
    fit: () => setChosen(undefined),
    pan: (dx, dy) => change((before) => panFrame(before, dx, dy)),
    zoom: (factor, at = { x: size.width / 2, y: size.height / 2 }) =>
      change((before) => zoomFrame(before, size, factor, at)),
  }
}
