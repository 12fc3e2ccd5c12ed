import { useEffect } from 'react'
import type { SeenPicture, ShownFrame } from '../../../display/display-types.ts'
import { useServices } from '../../../services.ts'
import type { OverviewPicture } from '../../../stores/overview.ts'

/** The stage is looked at so often, ms; a picture is taken where it has not moved meanwhile. */
const periodMs = 700
/** Longer side of a picture, pixels. */
const pictureSize = 256

/** Keeps what is seen live for the map, wherever the stage rests. */
export function useOverviewCapture(): void {
  const { shown, display, overview } = useServices()
  useEffect(() => {
    let before: ShownFrame | undefined
    let kept: ShownFrame | undefined
    let asked = false

    async function keepPicture(rested: ShownFrame) {
      asked = true
      // Refused where nothing is seen yet, or any more: it is asked for again.
      const seen = await display.takePicture(pictureSize).catch(() => undefined)
      asked = false
      if (seen === undefined) return
      const picture = isSamePlace(seen.frame, rested) ? onStage(seen) : undefined
      if (picture === undefined) return seen.bitmap.close()
      kept = seen.frame
      overview.add(picture)
    }

    const timer = setInterval(() => {
      const { frame } = shown.getState()
      const rests = frame !== undefined && before !== undefined && isSamePlace(frame, before)
      const isNew = kept === undefined || (frame !== undefined && !isSamePlace(frame, kept))
      if (rests && isNew && !asked && isPlaced(frame) && frame.frameId !== before?.frameId)
        void keepPicture(frame)
      before = frame
    }, periodMs)
    return () => clearInterval(timer)
  }, [shown, display, overview])
}

function isSamePlace(a: ShownFrame, b: ShownFrame): boolean {
  return (
    a.stage?.x === b.stage?.x &&
    a.stage?.y === b.stage?.y &&
    a.stage?.z === b.stage?.z &&
    a.channel === b.channel &&
    a.detectorName === b.detectorName
  )
}

/** Whether it is known where on the stage the frame lies. */
function isPlaced({ stage, pixelSizeUm }: ShownFrame): boolean {
  return stage?.x !== undefined && stage.y !== undefined && pixelSizeUm !== undefined
}

function onStage({ frame, part, bitmap }: SeenPicture): OverviewPicture | undefined {
  const { stage, pixelSizeUm } = frame
  if (stage?.x === undefined || stage.y === undefined || pixelSizeUm === undefined) return undefined
  return {
    bitmap,
    leftUm: stage.x + (part.left - frame.width / 2) * pixelSizeUm,
    topUm: stage.y + (part.top - frame.height / 2) * pixelSizeUm,
    widthUm: part.width * pixelSizeUm,
    heightUm: part.height * pixelSizeUm,
  }
}
