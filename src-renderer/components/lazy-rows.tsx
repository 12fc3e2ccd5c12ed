import { type ReactNode, useEffect, useRef, useState } from 'react'

/** Rows that are drawn or not drawn together. */
const rowsPerBlock = 12
/** How far beyond the visible part rows are drawn already. */
const margin = '600px 0px'

type LazyRowsProps<T> = {
  readonly items: readonly T[]
  /** Height of a row that was not drawn yet, CSS px. */
  readonly rowHeight: number
  readonly children: (item: T) => ReactNode
}

/**
 * A long list of which only what is on the screen is drawn: rows far outside are empty room of about their height. The
 * rows may be of different and changing heights.
 */
export function LazyRows<T>({ items, rowHeight, children }: LazyRowsProps<T>) {
  const blocks = Array.from({ length: Math.ceil(items.length / rowsPerBlock) }, (_, index) =>
    items.slice(index * rowsPerBlock, (index + 1) * rowsPerBlock),
  )
  return blocks.map((block, index) => (
    // A block stays when the first of its rows goes.
    <LazyBlock key={index} height={block.length * rowHeight}>
      {() => block.map(children)}
    </LazyBlock>
  ))
}

type BlockProps = { readonly height: number; readonly children: () => ReactNode }

function LazyBlock({ height, children }: BlockProps) {
  const element = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(false)
  /** As it was when last drawn, so that nothing jumps when it goes. */
  const [drawnHeight, setDrawnHeight] = useState<number>()
  useEffect(() => {
    const block = element.current
    if (block === null) return
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1)
        if (entry === undefined) return
        setNear(entry.isIntersecting)
        if (!entry.isIntersecting) setDrawnHeight(entry.boundingClientRect.height)
      },
      // Clipped by the scrolling pane, whichever it is, and by the window.
      { scrollMargin: margin, rootMargin: margin },
    )
    observer.observe(block)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={element} style={near ? undefined : { height: drawnHeight ?? height }}>
      {near && children()}
    </div>
  )
}
