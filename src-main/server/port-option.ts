import { InvalidArgumentError } from 'commander'

/** Reads a `--port`. @throws InvalidArgumentError of commander. */
export function portOption(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65535) return value
  throw new InvalidArgumentError('A port is a whole number from 0 (any free one) to 65535.')
}
