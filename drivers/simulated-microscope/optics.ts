/** Objectives, filters and focus of the demo microscope. */
import type { Stain } from './specimen/specimen.ts'

/** An objective of the turret. */
export type Objective = {
  readonly label: string
  readonly magnification: number
  readonly numericalAperture: number
}

/** Plan apochromats for air, one family of numerical apertures. */
export const objectives: readonly Objective[] = [
  { label: '4x/0.20', magnification: 4, numericalAperture: 0.2 },
  { label: '10x/0.45', magnification: 10, numericalAperture: 0.45 },
  { label: '20x/0.75', magnification: 20, numericalAperture: 0.75 },
  { label: '40x/0.95', magnification: 40, numericalAperture: 0.95 },
]

/** The light sources. */
export const lightIds = ['led-bf', 'led-385', 'led-475', 'led-555'] as const
/** One of the light sources. */
export type LightId = (typeof lightIds)[number]

/** A filter cube of the turret. */
export type Filter = {
  readonly label: string
  /** The light that excites through this filter, and the stain that it makes shine. */
  readonly fluorescence?: {
    readonly light: LightId
    readonly stain: Stain
    /** How far above the actin's focal plane this stain lies, µm. */
    readonly heightUm: number
  }
  /** Share of transmitted light that passes. */
  readonly transmission: number
}

/** The filters, in the order of the turret. */
export const filters: readonly Filter[] = [
  { label: 'Empty', transmission: 1 },
  { label: 'DAPI', fluorescence: { light: 'led-385', stain: 'nuclei', heightUm: 0.15 }, transmission: 0.04 },
  {
    label: 'GFP',
    fluorescence: { light: 'led-475', stain: 'cytoskeleton', heightUm: 0 },
    transmission: 0.06,
  },
  { label: 'RFP', fluorescence: { light: 'led-555', stain: 'vesicles', heightUm: 0.1 }, transmission: 0.08 },
]

/**
 * Brightness of a fluorescence image per pixel relative to 20x/0.75: NA⁴ / magnification²
 * (Pawley, Handbook of Biological Confocal Microscopy, 3rd ed., ch. 6).
 */
export function fluorescenceBrightness({ numericalAperture, magnification }: Objective): number {
  return numericalAperture ** 4 / magnification ** 2 / (0.75 ** 4 / 20 ** 2)
}

/** Brightness of a bright-field image per pixel relative to 20x/0.75, with the condenser matched: (NA / magnification)². */
export function transmittedBrightness({ numericalAperture, magnification }: Objective): number {
  return (numericalAperture / magnification) ** 2 / (0.75 / 20) ** 2
}

/** Height of the specimen's plane, µm, at a place: the slide is slightly tilted and bent. 0 at the origin. */
export function focusSurfaceUm(xUm: number, yUm: number): number {
  const x = xUm / 1000
  const y = yUm / 1000
  return 1.1 * x - 0.7 * y + 0.12 * (x * x + y * y)
}

/**
 * Blur by defocus: standard deviation, µm, of a Gaussian that stands for the disc of confusion, whose radius is
 * the distance from focus times the tangent of the objective's half angle.
 */
export function defocusSigmaUm(distanceUm: number, { numericalAperture }: Objective): number {
  return 0.5 * Math.abs(distanceUm) * Math.tan(Math.asin(numericalAperture))
}
