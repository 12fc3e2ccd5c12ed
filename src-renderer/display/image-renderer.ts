/**
 * Draws an image into an OffscreenCanvas by WebGL2, from a texture that holds the pixel values unchanged; or several
 * images of one size over each other, whose colours add up.
 */
import { type DisplayError, type DisplaySettings, evenGains } from './display-types.ts'
import { type BayerPattern, redOf } from '../../src-shared/frames/bayer-pattern.ts'
import { holdsPixelValues, isColour, type TextureKind } from './image-shader.ts'
import { type ImageLayer, type ImagePixels, ImageTextures, newTexture } from './image-textures.ts'
import { type ColourTable, lutTable } from './lut.ts'
import { ShaderPrograms } from './shader-programs.ts'
import type { ViewTransform } from './view-transform.ts'

/** The canvas in CSS pixels, and device pixels per CSS pixel. */
export type CanvasSize = {
  readonly cssWidth: number
  readonly cssHeight: number
  readonly devicePixelRatio: number
}

/** What surrounds the image: sRGB 0–255. The page behind the canvas may use the same. */
const canvasBackground = [12, 13, 15] as const

/** Largest number of points per axis that a canvas pixel averages when the image is shown smaller. */
export const mostTaps = 4

/** WebGL2 cannot be had here; `display` is the error to show. */
export class NoWebGl2Error extends Error {
  override readonly name = 'NoWebGl2Error'
  readonly display: DisplayError = {
    code: 'WEBGL2_MISSING',
    message: 'The live image needs WebGL2, which this browser does not offer.',
    hint: 'Switch on hardware acceleration in the browser’s settings, update the graphics driver, or use a current Chrome, Edge or Firefox.',
  }
}

/** Draws images by WebGL2. */
export class ImageRenderer {
  readonly #canvas: OffscreenCanvas
  readonly #gl: WebGL2RenderingContext
  readonly #programs: ShaderPrograms
  readonly #textures: ImageTextures
  #layers: readonly ImageLayer[] = []
  #lut: WebGLTexture | undefined
  #lutName: ColourTable | undefined

  /** @throws NoWebGl2Error */
  constructor(canvas: OffscreenCanvas) {
    const gl = canvas.getContext('webgl2', {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      powerPreference: 'high-performance',
    })
    if (gl === null) throw new NoWebGl2Error()
    this.#canvas = canvas
    this.#gl = gl
    this.#programs = new ShaderPrograms(gl)
    this.#textures = new ImageTextures(gl)
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
  }

  get lost(): boolean {
    return this.#gl.isContextLost()
  }

  /** Makes everything on the GPU anew after the context was restored; the image has to be uploaded again. */
  restore(): void {
    this.#programs.clear()
    this.#textures.clear()
    this.#layers = []
    this.#lut = undefined
    this.#lutName = undefined
    this.#gl.pixelStorei(this.#gl.UNPACK_ALIGNMENT, 1)
  }

  /** Largest width and height of an image. */
  get maxSize(): number {
    return this.#textures.maxSize
  }

  /**
   * Copies the pixels to the GPU; they may be reused when it returns.
   * @param images all of one size, in the order of the settings that `draw` gets
   * @throws RangeError for images that are larger than `maxSize`
   */
  upload(images: readonly ImagePixels[]): void {
    this.#layers = this.#textures.upload(images)
  }

  /** Forgets the image: the next `draw` shows the background. */
  clear(): void {
    this.#layers = []
  }

  /**
   * Draws the image as `view` and `settings` say. Sets the canvas' size when it is another one.
   * @param settings of each image that was uploaded; one without is left out
   * @param maxTaps where the image is shown smaller, average at most this many points per axis: fewer are cheaper.
   */
  draw(view: ViewTransform, settings: readonly DisplaySettings[], size: CanvasSize, maxTaps: number): void {
    const gl = this.#gl
    this.#resize(size)
    const { width, height } = this.#canvas
    gl.viewport(0, 0, width, height)
    const step = 1 / (view.zoom * size.devicePixelRatio)
    const image = this.#layers[0]?.texture
    const x = visibleRange(view.centerX - (width / 2) * step, step, image?.width ?? 0, width)
    const y = visibleRange(view.centerY - (height / 2) * step, step, image?.height ?? 0, height)
    const visible = image !== undefined && x.count > 0 && y.count > 0
    if (!visible || x.count < width || y.count < height) {
      const [r, g, b] = canvasBackground
      gl.clearColor(r / 255, g / 255, b / 255, 1)
      gl.clear(gl.COLOR_BUFFER_BIT)
    }
    if (!visible) return
    const taps = Math.min(maxTaps, tapsFor(step))
    gl.disable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE)
    for (const [index, layer] of this.#layers.entries()) {
      const own = settings[index]
      if (own === undefined) continue
      this.#drawLayer(layer, own, { x, y, step, taps })
      // What follows adds its colours.
      gl.enable(gl.BLEND)
    }
  }

  #drawLayer(layer: ImageLayer, settings: DisplaySettings, { x, y, step, taps }: VisiblePart): void {
    const gl = this.#gl
    const { width, height } = this.#canvas
    const { texture } = layer
    const kind = layer.kind === 'bayer' && settings.mosaic === 'raw' ? 'mono' : layer.kind
    const window = windowFor(settings, kind)
    // Colour images keep their colours: of the tables only `inverted` applies to them.
    const lut = isColour(kind) && settings.lut !== 'inverted' ? 'gray' : settings.lut
    const { program, uniform } = this.#programs.of({
      kind,
      taps,
      table: lut !== 'gray',
      gamma: window.gamma !== 1,
      markSaturated: settings.markSaturated,
    })
    gl.useProgram(program)
    this.#bindLut(lut)
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, texture.texture)
    gl.uniform1i(uniform('image'), 0)
    gl.uniform1i(uniform('lut'), 1)
    const clip = (px: number, extent: number) => (2 * px) / extent - 1
    gl.uniform4f(
      uniform('box'),
      clip(x.start, width),
      -clip(y.start + y.count, height),
      clip(x.start + x.count, width),
      -clip(y.start, height),
    )
    gl.uniform4f(
      uniform('part'),
      x.from / texture.width,
      y.to / texture.height,
      x.to / texture.width,
      y.from / texture.height,
    )
    gl.uniform2f(uniform('footprint'), step / texture.width, step / texture.height)
    gl.uniform1f(uniform('low'), window.low)
    gl.uniform1f(uniform('scale'), 1 / Math.max(1e-30, window.high - window.low))
    gl.uniform3f(uniform('gains'), ...window.gains)
    gl.uniform1f(uniform('exponent'), 1 / window.gamma)
    gl.uniform1f(uniform('saturated'), layer.maxValue)
    if (layer.pattern !== undefined) gl.uniform2i(uniform('red'), ...redAt(layer.pattern))
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }

  /** A fence behind everything drawn so far. */
  fence(): WebGLSync | undefined {
    const sync = this.#gl.fenceSync(this.#gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    this.#gl.flush()
    return sync ?? undefined
  }

  /** Whether the GPU has passed the fence. Releases it when so. A lost context passes all fences. */
  passed(fence: WebGLSync): boolean {
    const gl = this.#gl
    if (!gl.isContextLost() && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) return false
    gl.deleteSync(fence)
    return true
  }

  #resize(size: CanvasSize): void {
    const width = Math.max(1, Math.round(size.cssWidth * size.devicePixelRatio))
    const height = Math.max(1, Math.round(size.cssHeight * size.devicePixelRatio))
    if (this.#canvas.width !== width) this.#canvas.width = width
    if (this.#canvas.height !== height) this.#canvas.height = height
  }

  #bindLut(name: ColourTable): void {
    const gl = this.#gl
    this.#lut ??= newTexture(gl, gl.TEXTURE1, gl.RGBA8, { width: 256, height: 1 })
    gl.activeTexture(gl.TEXTURE1)
    gl.bindTexture(gl.TEXTURE_2D, this.#lut)
    if (name === this.#lutName) return
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, lutTable(name))
    this.#lutName = name
  }
}

/**
 * Points per axis that one canvas pixel averages: as many as the image pixels that it covers, at most four. One to one
 * and from twofold magnification on, each canvas pixel shows the image pixel it lies in.
 */
export function tapsFor(imagePxPerDevicePx: number): number {
  if (imagePxPerDevicePx <= 0.5 || Math.abs(imagePxPerDevicePx - 1) < 1e-3) return 1
  return Math.min(mostTaps, Math.max(2, Math.round(imagePxPerDevicePx)))
}

/**
 * Along one axis: the canvas pixels whose centres lie in the image (`start`, `count`), and the image coordinates of
 * the outer edges of the first and last of them.
 * @param origin image coordinate of the canvas edge
 * @param step image pixels per canvas pixel
 */
export function visibleRange(origin: number, step: number, imagePx: number, canvasPx: number) {
  const start = Math.max(0, Math.ceil(-origin / step - 0.5))
  const end = Math.min(canvasPx, Math.ceil((imagePx - origin) / step - 0.5))
  return { start, count: end - start, from: origin + start * step, to: origin + end * step }
}

/** The part of the canvas that the image covers, and how it is sampled there. */
type VisiblePart = {
  readonly x: ReturnType<typeof visibleRange>
  readonly y: ReturnType<typeof visibleRange>
  /** Image pixels per canvas pixel. */
  readonly step: number
  readonly taps: number
}

/** Decoded JPEGs have the stream's window in their grey values; `low`, `high` and `gamma` are for pixel values. */
function windowFor({ low, high, gamma, gains, greyRange }: DisplaySettings, kind: TextureKind) {
  if (holdsPixelValues(kind)) return { low, high, gamma, gains: gains ?? evenGains }
  return { low: greyRange?.low ?? 0, high: greyRange?.high ?? 255, gamma: 1, gains: evenGains }
}

const redAt = (pattern: BayerPattern): [number, number] => [redOf[pattern].x, redOf[pattern].y]
