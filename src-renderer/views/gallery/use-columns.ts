import { type RefObject, useEffect, useState } from 'react'

/** How many cards fit beside each other into `element`, which has as much padding as there is room between cards. */
export function useColumns(
  element: RefObject<HTMLElement | null>,
  { cardPx, gapPx }: { readonly cardPx: number; readonly gapPx: number },
): number {
  const [columns, setColumns] = useState(4)
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0
      // Two on a phone.
      if (width > 0) setColumns(Math.max(2, Math.floor((width + gapPx) / (cardPx + gapPx))))
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, cardPx, gapPx])
  return columns
}
