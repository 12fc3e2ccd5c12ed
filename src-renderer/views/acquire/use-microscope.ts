/** What the editor of plans needs to know of the microscope. */
import { useMemo } from 'react'
import type { FieldOfView } from '../../../src-shared/plan/grid-tiles.ts'
import { selectedDetector } from '../../actions/live-actions.ts'
import { type Services, useShown } from '../../services.ts'
import { channelGroup, type Microscope } from '../../stores/plan-defaults.ts'
import { activePreset, deviceById, focusStage, xyStage } from '../../stores/selectors.ts'
import { sensorPixelUm } from '../../stores/sensor-pixel.ts'

/** The microscope as it is now: for what a click does, not for what is drawn. */
export function microscopeNow(services: Services): Microscope {
  const state = services.engine.getState()
  const { presets, devices } = state
  const { frame } = services.shown.getState()
  const camera = deviceById(state, selectedDetector(services))
  return {
    presets,
    activeChannel: activePreset(state, channelGroup(presets)),
    xy: xyStage(devices),
    focus: focusStage(devices),
    pixelSizeUm: sensorPixelUm(frame, camera),
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
