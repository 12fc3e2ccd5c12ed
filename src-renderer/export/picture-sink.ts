import type { ImagePixels } from '../display/image-textures.ts'

/** A picture of the export. */
export type DrawnPicture = {
  /** Of a file in a ZIP, without its ending. */
  readonly name: string
  readonly atS: number
  readonly durationS: number
}

/** Makes a file of pictures. */
export interface PictureSink {
  /** Takes what the canvas shows now, which may change when it resolves. @throws when it cannot be encoded or written */
  add(picture: DrawnPicture): Promise<void>
  /** Completes the file. @throws as `add` */
  finish(): Promise<void>
}

/** Makes a file of the images' values as they are. */
export interface ValueSink {
  /** @param image valid until it resolves */
  add(image: ImagePixels, name: string): Promise<void>
  finish(): Promise<void>
}
