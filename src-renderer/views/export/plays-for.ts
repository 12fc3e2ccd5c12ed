import { fixed } from '../../components/format.ts'

/** How long a video is, in words. */
export function playsFor(seconds: number): string {
  if (seconds < 10) return `plays for ${fixed(seconds, 1)} s`
  return seconds < 120 ? `plays for ${fixed(seconds, 0)} s` : `plays for ${fixed(seconds / 60, 1)} min`
}
