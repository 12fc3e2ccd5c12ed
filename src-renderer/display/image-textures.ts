/** Images on the GPU: textures that hold the pixel values unchanged, kept from one image to the next. */
import type { BayerPattern } from '../../src-shared/frames/bayer-pattern.ts'
import type { TextureKind } from './image-shader.ts'
import type { Size } from './view-transform.ts'

/** Pixels to draw: rows from top to bottom without padding. */
export type ImagePixels =
  | (Size & { readonly kind: 'mono'; readonly pixels: Uint8Array | Uint16Array; readonly maxValue: number })
  | (Size & {
      readonly kind: 'bayer'
      readonly pixels: Uint8Array | Uint16Array
      readonly maxValue: number
      readonly pattern: BayerPattern
    })
  /** Real numbers, NaN where there is none: nothing of them is saturated, so that `maxValue` is infinite. */
  | (Size & { readonly kind: 'real'; readonly pixels: Float32Array; readonly maxValue: number })
  | (Size & { readonly kind: 'rgb'; readonly pixels: Uint8Array; readonly maxValue: 255 })
  | (Size & {
      readonly kind: 'grey32' | 'rgb32' | 'bgr32'
      readonly pixels: Uint8Array
      readonly maxValue: 255
    })
  /** A frame of a video. */
  | (Size & { readonly kind: 'grey32' | 'rgb32'; readonly bitmap: ImageBitmap; readonly maxValue: 255 })

type ImageTexture = Size & { readonly texture: WebGLTexture; readonly format: TextureFormat }
/** What has been uploaded of one image. */
export type ImageLayer = {
  readonly texture: ImageTexture
  readonly kind: TextureKind
  readonly maxValue: number
  readonly pattern: BayerPattern | undefined
}
type TextureFormat = { readonly internal: GLenum; readonly format: GLenum; readonly type: GLenum }

/** The images that are on the GPU. */
export class ImageTextures {
  readonly #gl: WebGL2RenderingContext
  #kept: ImageTexture[] = []

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
  }

  /** Forgets all: they were lost with their context. */
  clear(): void {
    this.#kept = []
  }

  /** Largest width and height of an image. */
  get maxSize(): number {
    return Number(this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE))
  }

  /**
   * Copies the pixels of images to the GPU; they may be reused when it returns. What was uploaded before is overwritten.
   * @throws RangeError for images that are larger than `maxSize`
   */
  upload(images: readonly ImagePixels[]): readonly ImageLayer[] {
    for (const { texture } of this.#kept.splice(images.length)) this.#gl.deleteTexture(texture)
    return images.map((image, index) => this.#uploadLayer(image, index))
  }

  #uploadLayer(image: ImagePixels, index: number): ImageLayer {
    const gl = this.#gl
    const limit = this.maxSize
    if (image.width > limit || image.height > limit) {
      throw new RangeError(
        `An image of ${image.width} × ${image.height} is larger than this graphics card draws (${limit} × ${limit})`,
      )
    }
    const format = this.#formatOf(image)
    const texture = this.#textureFor(index, image, format)
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, texture.texture)
    const { width, height } = image
    if ('bitmap' in image) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, format.format, format.type, image.bitmap)
    else gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, format.format, format.type, image.pixels)
    const { kind, maxValue } = image
    return { texture, kind, maxValue, pattern: kind === 'bayer' ? image.pattern : undefined }
  }

  #formatOf(image: ImagePixels): TextureFormat {
    const gl = this.#gl
    if (image.kind === 'real') return { internal: gl.R32F, format: gl.RED, type: gl.FLOAT }
    if (image.kind === 'rgb') return { internal: gl.RGB8UI, format: gl.RGB_INTEGER, type: gl.UNSIGNED_BYTE }
    if (image.kind !== 'mono' && image.kind !== 'bayer')
      return { internal: gl.RGBA8, format: gl.RGBA, type: gl.UNSIGNED_BYTE }
    return image.pixels instanceof Uint16Array
      ? { internal: gl.R16UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_SHORT }
      : { internal: gl.R8UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_BYTE }
  }

  /** The texture kept from the last image when it has the same size and format, otherwise a new one. */
  #textureFor(index: number, size: Size, format: TextureFormat): ImageTexture {
    const kept = this.#kept[index]
    if (kept?.width === size.width && kept.height === size.height && kept.format.internal === format.internal)
      return kept
    const gl = this.#gl
    if (kept !== undefined) gl.deleteTexture(kept.texture)
    const texture = newTexture(gl, gl.TEXTURE0, format.internal, size)
    const made = { texture, format, width: size.width, height: size.height }
    this.#kept[index] = made
    return made
  }
}

/** An empty texture without smoothing, bound to `unit`. */
export function newTexture(
  gl: WebGL2RenderingContext,
  unit: GLenum,
  internalFormat: GLenum,
  size: Size,
): WebGLTexture {
  const texture = gl.createTexture()
  gl.activeTexture(unit)
  gl.bindTexture(gl.TEXTURE_2D, texture)
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST)
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
    gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE)
  gl.texStorage2D(gl.TEXTURE_2D, 1, internalFormat, size.width, size.height)
  return texture
}
