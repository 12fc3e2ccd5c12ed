import { fixed } from '../components/format.ts'
import type { Probe } from '../display/display-types.ts'
import { useShown } from '../services.ts'
import styles from './pixel-readout.module.css'

/**
 * `x 812 y 1033 · 1247 ADU · −3.2, 8.8 µm`: the pixel under the pointer, in original units; of a Bayer image
 * `1247 ADU green · 1301 1247 980 RGB`.
 */
export function PixelReadout() {
  const probe = useShown((state) => state.probe)
  return (
    <output className={styles['readout']} aria-label="Pixel under the pointer">
      {probe === undefined ? '' : readoutText(probe)}
    </output>
  )
}

/** Position, value and place in the specimen, in one line. */
export function readoutText({ x, y, value, mosaic, approximate, xUm, yUm }: Probe): string {
  const colour = (rgb: readonly number[]) => `${rgb.map((part) => fixed(part)).join(' ')} RGB`
  const own = typeof value === 'number' ? `${fixed(value)} ADU` : colour(value)
  const parts = [`x ${x} y ${y}`, `${approximate ? '≈ ' : ''}${own}`]
  if (mosaic !== undefined) parts[1] += ` ${mosaic.colour} · ${colour(mosaic.rgb)}`
  if (xUm !== undefined && yUm !== undefined) parts.push(`${fixed(xUm, 1)}, ${fixed(yUm, 1)} µm`)
  return parts.join(' · ')
}
