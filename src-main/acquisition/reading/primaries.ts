/** Colour images of 16 bits are shown as three grey channels, as there is no packet format for them. */
export const primaries = [
  { name: 'Red', color: '#ff0000' },
  { name: 'Green', color: '#00ff00' },
  { name: 'Blue', color: '#0000ff' },
] as const
