import { Progress } from '@mantine/core'
import { type PointerEvent, type RefObject, useEffect, useRef, type WheelEvent } from 'react'
import { useStore } from 'zustand'
import type { SectionCut } from '../../../src-shared/gallery.ts'
import { setCrosshair, stepIndex } from '../../actions/viewer-actions.ts'
import { toCanvas, toImage } from '../../display/view-transform.ts'
import { acrossOf, isToScale, planeAcross } from '../../planes/section-geometry.ts'
import type { Section } from '../../section.ts'
import { useViewer, useViewerState } from '../../services.ts'
import { crosshairOf, datasetOf } from '../../stores/viewer-store.ts'
import { CrosshairLines } from './crosshair.tsx'
import styles from './sections.module.css'

const titles: Record<SectionCut, string> = { xz: 'XZ', yz: 'YZ' }

/** Of a mouse wheel's notch about two planes; touchpads tell of many small turns. */
const wheelStepPx = 50

/** A cut through the stack beside its plane: drag to move the place where the cuts meet, wheel to go through the planes. */
export function SectionPane({ cut }: { readonly cut: SectionCut }) {
  const host = useRef<HTMLDivElement>(null)
  const section = useViewer().section(cut)
  useSection(host, section)
  const at = useViewerState((state) => crosshairOf(state)[cut === 'xz' ? 'y' : 'x'])
  const drag = useSectionDrag(host, section, cut)
  const toScale = useViewerState((state) => {
    const dataset = datasetOf(state)
    return dataset === undefined || isToScale(dataset)
  })
  return (
    <div
      ref={host}
      className={styles['pane']}
      data-cut={cut}
      role="img"
      aria-label={`${titles[cut]} section at ${cut === 'xz' ? 'y' : 'x'} ${at}`}
      {...drag}
    >
      <SectionLines section={section} cut={cut} />
      <SectionMessage section={section} cut={cut} />
      <span className={styles['title']}>
        {titles[cut]}
        {!toScale && ', not to scale'}
      </span>
    </div>
  )
}

/** Draws the section in `host` while the component is there. */
function useSection(host: RefObject<HTMLDivElement | null>, section: Section): void {
  useEffect(() => {
    const element = host.current
    if (element === null) return
    element.prepend(section.canvas)
    const resize = () => {
      const { width, height } = element.getBoundingClientRect()
      if (width > 0 && height > 0) section.resize({ width, height }, window.devicePixelRatio)
    }
    const observer = new ResizeObserver(resize)
    observer.observe(element)
    // Moving to a screen of another density does not change the size in CSS pixels.
    window.addEventListener('resize', resize)
    return () => {
      observer.disconnect()
      window.removeEventListener('resize', resize)
      section.canvas.remove()
    }
  }, [host, section])
}

/** Moves the crosshair along the cut and across it. */
function useSectionDrag(host: RefObject<HTMLDivElement | null>, section: Section, cut: SectionCut) {
  const viewer = useViewer()
  const turned = useRef(0)
  function move({ clientX, clientY, buttons, pointerId }: PointerEvent<HTMLDivElement>) {
    const element = host.current
    const dataset = datasetOf(viewer.store.getState())
    if (element === null || dataset === undefined || (buttons & 1) === 0) return
    if (!element.hasPointerCapture(pointerId)) return
    const box = element.getBoundingClientRect()
    const { view, canvas } = section.store.getState()
    const { x, y } = toImage(view, canvas, { x: clientX - box.left, y: clientY - box.top })
    setCrosshair(viewer, cut === 'xz' ? { x, z: planeAcross(dataset, y) } : { y, z: planeAcross(dataset, x) })
  }
  return {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      move(event)
    },
    onPointerMove: move,
    onWheel: ({ deltaY }: WheelEvent) => {
      turned.current += deltaY
      const steps = Math.trunc(turned.current / wheelStepPx)
      turned.current -= steps * wheelStepPx
      if (steps !== 0) stepIndex(viewer, 'z', steps)
    },
  }
}

/** The plane on show, and the other cut. */
function SectionLines({ section, cut }: { readonly section: Section; readonly cut: SectionCut }) {
  const view = useStore(section.store, (state) => state.view)
  const canvas = useStore(section.store, (state) => state.canvas)
  const x = useViewerState((state) => crosshairOf(state).x + 0.5)
  const y = useViewerState((state) => crosshairOf(state).y + 0.5)
  const across = useViewerState((state) => {
    const dataset = datasetOf(state)
    return dataset === undefined ? 0 : acrossOf(dataset, state.index.z)
  })
  const at = toCanvas(view, canvas, cut === 'xz' ? { x, y: across } : { x: across, y })
  return <CrosshairLines at={at} />
}

function SectionMessage({ section, cut }: { readonly section: Section; readonly cut: SectionCut }) {
  const progress = useStore(section.store, (state) => state.progress)
  if (progress.state === 'shown') return null
  if (progress.state === 'failed') return <p className={styles['failed']}>{progress.message}</p>
  return (
    <Progress
      className={styles['progress'] ?? ''}
      size={3}
      value={(100 * progress.done) / progress.total}
      color="live.5"
      aria-label={`Reading the ${titles[cut]} section`}
    />
  )
}
