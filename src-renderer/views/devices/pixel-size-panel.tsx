import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { devicesAround, objectivesOf, pixelSizeLimits } from '../../../src-shared/pixel-size.ts'
import { setPixelSize } from '../../actions/hardware-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { LabelledRow } from '../../components/labelled-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { OperatorControls } from '../../components/operator-controls.tsx'
import { useEngine, useServices } from '../../services.ts'
import styles from './pixel-size-panel.module.css'

/** How large a pixel of a real camera is in the specimen, for each objective: nothing but the user can know it. */
export function PixelSizePanel({ camera }: { readonly camera: DeviceState }) {
  const services = useServices()
  const sizes = useEngine((state) => state.settings?.pixelSizes[camera.id])
  const objectives = useEngine(useShallow((state) => objectivesOf(devicesAround(camera, state.devices)).all))
  const inUse = useEngine((state) => objectivesOf(devicesAround(camera, state.devices)).inUse)
  const [failure, setFailure] = useState<CallFailure>()

  async function set(objective: string, um: number | undefined) {
    setFailure(await setPixelSize(services, { cameraId: camera.id, objective, um }))
  }
  return (
    <section className={styles['panel']} aria-label="Pixel size">
      <p className={styles['about']}>
        Size of a pixel in the specimen, without binning: pixel of the sensor ÷ magnification (6.5 µm at 20×
        is 0.325 µm), or the length of a scale ÷ its pixels. Scale bars, tiles and all files need it.
      </p>
      <OperatorControls>
        {objectives.map((objective) => (
          <LabelledRow
            key={objective}
            title={objective === '' ? 'Pixel size' : `${objective}${objective === inUse ? ', in use' : ''}`}
          >
            <NumberField
              label={`Pixel size${objective === '' ? '' : ` with ${objective}`}`}
              value={sizes?.[objective]}
              placeholder="not known"
              unit="µm"
              limits={pixelSizeLimits}
              onCommit={(um) => void set(objective, um)}
              onClear={() => void set(objective, undefined)}
            />
          </LabelledRow>
        ))}
      </OperatorControls>
      <FailureLine failure={failure} />
    </section>
  )
}
