/** @ffmpeg/core 0.12.10, as far as it is used here (it comes without types). */
declare module '@ffmpeg/core' {
  type FfmpegCore = {
    /** Runs ffmpeg to its end. @returns its exit code */
    exec(...args: readonly string[]): number
    /** Before each further `exec`. */
    reset(): void
    setLogger(logger: (entry: { readonly type: 'stdout' | 'stderr'; readonly message: string }) => void): void
    readonly FS: {
      writeFile(path: string, data: Uint8Array | string): void
      readFile(path: string): Uint8Array<ArrayBuffer>
      unlink(path: string): void
    }
  }

  /** @param options.mainScriptUrlOrBlob anything, `#` and base64 of `{"wasmURL": …}` as JSON */
  export default function createFFmpegCore(options: {
    readonly mainScriptUrlOrBlob: string
  }): Promise<FfmpegCore>
}
