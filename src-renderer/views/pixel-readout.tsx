import { Fragment } from 'react'
import { fixed, scientific } from '../components/format.ts'
import type { Probe } from '../display/display-types.ts'
import { useShown } from '../services.ts'
import styles from './pixel-readout.module.css'

type PixelReadoutProps = {
  /** What single values are followed by; absent: they are the camera's. */
  readonly unit?: string
}

/**
 * `x 812 y 1033 · 1247 ADU · −3.2, 8.8 µm`: the pixel under the pointer, in original units; of a Bayer image
 * `1247 ADU green · 1301 1247 980 RGB`, of a composed one the value in each channel.
 */
export function PixelReadout({ unit = ' ADU' }: PixelReadoutProps) {
  const probe = useShown((state) => state.probe)
  return (
    <output className={styles['readout']} aria-label="Pixel under the pointer">
      {probe !== undefined &&
        readoutParts(probe, unit).map((part, index) => (
          <Fragment key={index}>
            {index > 0 && ' · '}
            <span>{part}</span>
          </Fragment>
        ))}
    </output>
  )
}

/** What an IEEE 754 number of 32 bits tells. */
const realDigits = 7

/** Position, value and place in the specimen; between them the line may break. */
function readoutParts(probe: Probe, unit: string): readonly string[] {
  const { x, y, value, mosaic, approximate, real = false, channels, xUm, yUm } = probe
  const single = (own: number) => (real ? scientific(own, realDigits) : fixed(own))
  const colour = (rgb: readonly number[]) => `${rgb.map((part) => fixed(part)).join(' ')} RGB`
  const exact = typeof value === 'number' ? `${single(value)}${real ? '' : unit}` : colour(value)
  const inChannel = (name: string, own: Probe['value']) =>
    `${name} ${approximate ? '≈ ' : ''}${typeof own === 'number' ? single(own) : colour(own)}`
  const own = `${approximate ? '≈ ' : ''}${exact}`
  const values = mosaic === undefined ? [own] : [`${own} ${mosaic.colour}`, colour(mosaic.rgb)]
  const shown = channels === undefined ? values : channels.map((each) => inChannel(each.name, each.value))
  const place = xUm === undefined || yUm === undefined ? [] : [`${fixed(xUm, 1)}, ${fixed(yUm, 1)} µm`]
  return [`x ${x} y ${y}`, ...shown, ...place]
}
