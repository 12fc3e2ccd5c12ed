/** What the editor of plans needs to know of the microscope. */
import { useMemo } from 'react'
import type { FieldOfView } from '../../../src-shared/plan/grid-plan.ts'
import { type Services, useShown } from '../../services.ts'
import type { Microscope } from '../../stores/plan-defaults.ts'
import { focusStage, xyStage } from '../../stores/selectors.ts'

/** The microscope as it is now: for what a click does, not for what is drawn. */
export function microscopeNow({ engine, shown }: Services): Microscope {
  const { presets, devices } = engine.getState()
  const { frame } = shown.getState()
  return {
    presets,
    xy: xyStage(devices),
    focus: focusStage(devices),
    pixelSizeUm: frame?.pixelSizeUm === undefined ? undefined : frame.pixelSizeUm / frame.subsampling,
  }
}

/** Size of an image of the camera on show in the specimen; undefined: not calibrated, or it was not live yet. */
export function useFieldOfView(): FieldOfView | undefined {
  const widthUm = useShown(({ frame }) => frame?.pixelSizeUm && frame.width * frame.pixelSizeUm)
  const heightUm = useShown(({ frame }) => frame?.pixelSizeUm && frame.height * frame.pixelSizeUm)
  return useMemo(
    () => (widthUm === undefined || heightUm === undefined ? undefined : { widthUm, heightUm }),
    [widthUm, heightUm],
  )
}
