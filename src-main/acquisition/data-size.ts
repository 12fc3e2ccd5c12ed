/** An amount of data for messages to people: `1.2 GB`, `35 MB`, `0.4 MB`. */
export function dataSize(bytes: number): string {
  if (bytes >= 999.5e6) return `${(bytes / 1e9).toFixed(1)} GB`
  return `${(bytes / 1e6).toFixed(bytes >= 9.95e6 ? 0 : 1)} MB`
}
