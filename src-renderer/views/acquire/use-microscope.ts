/** What the editor of plans needs to know of the microscope. */
import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { FieldOfView } from '../../../src-shared/plan/grid-tiles.ts'
import { imageOffsetUm } from '../../../src-shared/pixel-size.ts'
import { selectedDetector } from '../../actions/live-actions.ts'
import { type Services, useEngine, usePlan, useShown } from '../../services.ts'
import { channelGroup } from '../../../src-shared/devices.ts'
import type { Microscope } from '../../stores/plan-defaults.ts'
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

/** How far from the stage's place the images of the camera on show lie, µm: of a plan that reads a part of the sensor, its. */
export function useImageOffset(): { readonly x: number; readonly y: number } {
  const roi = usePlan((draft) => draft.sequence.setup?.roi)
  const detector = useShown(({ frame }) => frame?.detectorName)
  const pixelSizeUm = useShown(({ frame }) => frame?.pixelSizeUm && frame.pixelSizeUm / frame.subsampling)
  return useEngine(
    useShallow((state) => {
      const camera = deviceById(state, detector)
      const um = sensorPixelUm({ pixelSizeUm, subsampling: 1 }, camera)
      return camera === undefined || um === undefined
        ? { x: 0, y: 0 }
        : imageOffsetUm(camera, { sensorPixelUm: um, roi })
    }),
  )
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
