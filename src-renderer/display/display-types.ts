/** What a live display shows and tells: the data that its users exchange with it. */
import type { BayerColour } from '../../src-shared/frames/bayer-pattern.ts'
import type { PlaneFormat } from '../../src-shared/frames/plane-format.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import type { ImageGeometry, ImagePart } from './view-transform.ts'
import type { ColourTable } from './lut.ts'

/** Where frames come from. */
export type FrameSource =
  /** A socket.io server, opened inside the display's worker; `url` is its origin. */
  | { readonly kind: 'socket'; readonly url: string; readonly path: string }
  /** The desktop host's raw frame port; it is transferred to the display's worker. */
  | { readonly kind: 'port'; readonly port: MessagePort }

/** What is to be shown. */
export type Subscription = {
  /** Undefined: nothing. */
  readonly detectorName: string | undefined
  /** Where the camera streams by several protocols; undefined: the first that comes. */
  readonly protocol?: Protocol | undefined
}

/** For red, green and blue. */
export type ColourGains = readonly [number, number, number]
/** Gains that leave colours as they are. */
export const evenGains: ColourGains = [1, 1, 1]

/** How pixel values become colours. */
export type DisplaySettings = {
  /** Pixel value (ADU) shown as the first colour of the table, and the one shown as the last. */
  readonly low: number
  readonly high: number
  /** Above 1 brightens dark parts: colour = ((value - low) / (high - low)) ^ (1 / gamma). */
  readonly gamma: number
  readonly lut: ColourTable
  /** Paints pixels at the largest value red. */
  readonly markSaturated: boolean
  /** Bayer images: in colour (default), or each pixel as the grey of its own value. */
  readonly mosaic?: 'colour' | 'raw'
  /** White balance of colour images: what is above `low` is multiplied by these. Default: 1 each. */
  readonly gains?: ColourGains
  /**
   * For frames that the stream has brought to 8 bits by its own window (`ShownFrame.windowed`): the grey values (0–255)
   * shown as first and last colour. `low`, `high` and `gamma` do not apply to them. Default: 0 and 255, shown as sent.
   */
  readonly greyRange?: { readonly low: number; readonly high: number } | undefined
}

/** The frame on screen, without its pixels. */
export type ShownFrame = ImageGeometry & {
  readonly detectorName: string
  /** Counts the frames of the stream; a gap is a frame that this viewer did not get. */
  readonly frameId: number
  /** The camera's own frame number. */
  readonly sequence: number
  readonly pixelFormat: PlaneFormat
  readonly significantBits: number
  /** 2^significantBits - 1; infinite for real numbers. */
  readonly maxValue: number
  /** Size of a delivered pixel in the specimen, µm; undefined when not calibrated. */
  readonly pixelSizeUm: number | undefined
  /** µm; the image centre lies here. */
  readonly stage: StagePosition | undefined
  readonly channel: string | undefined
  /** How it came; `jpeg` stands for MJPEG, too. */
  readonly protocol: 'binary' | 'jpeg' | 'webrtc'
  /** Set when the stream brought the pixels to 8 bits: grey / 255 = ((ADU - low) / (high - low)) ^ (1 / gamma). */
  readonly windowed: GreyWindow | undefined
}

/** Values that are shown as black and as white, and the gamma between. */
export type GreyWindow = { readonly low: number; readonly high: number; readonly gamma: number }

/** Distribution of the pixel values of a frame. */
export type Histogram = {
  /** 256 counts of the values in equal parts of 0 to `binsUpTo`; the last also counts all values above. */
  readonly bins: Uint32Array
  readonly binsUpTo: number
  /** Of real numbers: the largest that there is. */
  readonly maxValue: number
  /** Of real numbers: where the bins begin, and a step that is small for them. Absent: whole numbers from 0 on. */
  readonly real?: { readonly from: number; readonly step: number }
  readonly min: number
  readonly max: number
  readonly mean: number
  /** 0.1 % and 99.9 % of the values are at or below these. */
  readonly p001: number
  readonly p999: number
  /** Share of the pixels at `maxValue`, 0–1. */
  readonly saturatedFraction: number
}

/** What reaches the screen; rates and times over the last second or so. */
export type DisplayStats = {
  readonly receivedFps: number
  readonly shownFps: number
  /** From the end of the grab to drawn, ms: median and 95th percentile. Undefined until both clocks are compared. */
  readonly latencyMs: number | undefined
  readonly latencyP95Ms: number | undefined
  /** Medians, ms. */
  readonly decodeMs: number
  readonly drawMs: number
  readonly bytesPerSecond: number
  /** Frames of the stream that this viewer did not get since it subscribed. */
  readonly missed: number
  /** Frames received, but replaced by newer ones before they were drawn. */
  readonly dropped: number
  /** Of a WebRTC connection, ms. */
  readonly roundTripMs?: number | undefined
}

/** What lies under the pointer. */
export type Probe = {
  /** Pixel in the camera's frame. */
  readonly x: number
  readonly y: number
  /** In original units (ADU); three values for colour images. */
  readonly value: number | readonly [number, number, number]
  /** Of Bayer images, where `value` is the pixel's own: which colour that is, and all three from the pixels around it. */
  readonly mosaic?: { readonly colour: BayerColour; readonly rgb: readonly [number, number, number] }
  /** It is a real number of a file, whatever that stands for. */
  readonly real?: boolean
  /** The value was computed back from 8-bit grey, is the mean of several pixels, or has more digits than are known. */
  readonly approximate: boolean
  /** Of composed images: the value in each of the channels on show. */
  readonly channels?: readonly { readonly name: string; readonly value: Probe['value'] }[]
  /** Position of the pixel's centre in stage coordinates, µm. */
  readonly xUm: number | undefined
  readonly yUm: number | undefined
}

/** An error as shown to the user. */
export type DisplayError = {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
}

/** Whether a display can show what it should. */
export type DisplayState = {
  readonly connection: 'connecting' | 'connected' | 'lost'
  /** Why nothing can be shown, or not all; gone when the cause is gone. */
  readonly error?: DisplayError | undefined
}

/** A frame as it is seen, of its part that lies in the canvas. */
export type SeenPicture = {
  readonly frame: ShownFrame
  /** In the frame's pixels. */
  readonly part: ImagePart
  /** In colours, no larger than was asked for. */
  readonly bitmap: ImageBitmap
}

/** A frame and its pixels: rows from top to bottom, without padding, three interleaved values per pixel for colour. */
export type FramePixels = {
  readonly frame: ShownFrame
  readonly pixels: Uint8Array | Uint16Array | Float32Array
}
