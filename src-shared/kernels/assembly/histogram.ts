// Samples are taken in runs of 32 neighbours, one run out of every `step`: whole cache lines are skipped.
// Two tables take turns, so that equal neighbours do not wait for each other's store.
const run: u32 = 32

// @ts-ignore: decorator
@inline
function count1(table: usize, value: u32): void {
  const at = table + (value << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Counts u16 values into the two u32 tables (65536 entries each), which are not cleared. Returns the number sampled. */
export function histogramU16(src: usize, count: u32, step: u32, tableA: usize, tableB: usize): u32 {
  let sampled: u32 = 0
  for (let first: u32 = 0; first < count; first += run * step) {
    const last = min(first + run, count)
    sampled += last - first
    let at = src + (first << 1)
    const end = src + (last << 1)
    for (; at + 8 <= end; at += 8) {
      const four = load<u64>(at)
      count1(tableA, (four as u32) & 0xffff)
      count1(tableB, (four as u32) >> 16)
      count1(tableA, ((four >> 32) as u32) & 0xffff)
      count1(tableB, (four >> 48) as u32)
    }
    for (; at < end; at += 2) count1(tableA, load<u16>(at))
  }
  return sampled
}

/** Counts u8 values into the two u32 tables (256 entries used), which are not cleared. Returns the number sampled. */
export function histogramU8(src: usize, count: u32, step: u32, tableA: usize, tableB: usize): u32 {
  let sampled: u32 = 0
  for (let first: u32 = 0; first < count; first += run * step) {
    const last = min(first + run, count)
    sampled += last - first
    let at = src + first
    const end = src + last
    for (; at + 4 <= end; at += 4) {
      const four = load<u32>(at)
      count1(tableA, four & 0xff)
      count1(tableB, (four >> 8) & 0xff)
      count1(tableA, (four >> 16) & 0xff)
      count1(tableB, four >> 24)
    }
    for (; at < end; at++) count1(tableA, load<u8>(at))
  }
  return sampled
}
