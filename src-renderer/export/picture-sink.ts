import type { ImagePixels } from '../display/image-textures.ts'
import type { StackPlane } from './value-stack.ts'

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

/** What a file of values says of one image. */
export type StoredValues = StackPlane & {
  /** Of a file in a ZIP, without its ending. */
  readonly name: string
}

/** Makes a file of the images' values as they are. */
export interface ValueSink {
  /** @param image valid until it resolves */
  add(image: ImagePixels, values: StoredValues): Promise<void>
  finish(): Promise<void>
}
