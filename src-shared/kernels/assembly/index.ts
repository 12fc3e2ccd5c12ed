// AssemblyScript, compiled by build/wasm.mjs. All pointers are byte offsets into the memory that the caller imports;
// nothing here allocates. Vector loops read and write only inside the given ranges; the rest is done one by one.
export { reduceAreaU16, reduceAreaU8 } from './area'
export { blurImage, enlargeRow, halveImage, mixRows } from './blur'
export { filterDeltaShuffle, unfilterDeltaShuffle } from './delta-shuffle'
export { histogramU8, histogramU16 } from './histogram'
export { rgbToI420 } from './i420'
export { lz4DecodeBlock } from './lz4-block'
export { minMaxU8, minMaxU16 } from './min-max'
export { averageU8, averageU16, sampleColumnsRgb8, sampleColumnsU8, sampleColumnsU16 } from './reduce'
export { resampleTile } from './resample'
export { addNoiseU8, addNoiseU16, exposeLight } from './sensor'
export { lookupU8, lookupU16, lumaU8, lumaU16, windowU8, windowU16 } from './window'
