/** gifenc 1.0.3, as far as it is used here (it comes without types). */
declare module 'gifenc' {
  /** Colours as `[red, green, blue]`. */
  type Palette = number[][]

  type FrameOptions = {
    readonly palette: Palette
    /** ms */
    readonly delay: number
    /** Whether the file's own header goes before it. */
    readonly first: boolean
    /** 0: for ever. */
    readonly repeat: number
  }

  type Encoder = {
    writeHeader(): void
    writeFrame(index: Uint8Array, width: number, height: number, options: FrameOptions): void
    finish(): void
    /** A copy of what was written since the last `reset`. */
    bytes(): Uint8Array<ArrayBuffer>
    reset(): void
  }

  export function GIFEncoder(options: { readonly auto: boolean }): Encoder
  /** @param rgba four bytes per pixel */
  export function quantize(rgba: Uint8ClampedArray, maxColors: number): Palette
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array
}
