/** `2026-11-22` and `14-03-09`, local time. */
export function localTime(at: Date): { readonly day: string; readonly time: string } {
  const joined = (values: readonly number[]) =>
    values.map((value) => String(value).padStart(2, '0')).join('-')
  return {
    day: joined([at.getFullYear(), at.getMonth() + 1, at.getDate()]),
    time: joined([at.getHours(), at.getMinutes(), at.getSeconds()]),
  }
}
