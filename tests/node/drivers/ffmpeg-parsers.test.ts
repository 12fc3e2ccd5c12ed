import { describe, expect, test } from 'vitest'
import {
  parseAvfoundationModes,
  parseDshowModes,
  parseV4l2Modes,
} from '../../../drivers/ffmpeg/devices/capture-modes.ts'
import { parseAvfoundationDevices, parseDshowDevices } from '../../../drivers/ffmpeg/devices/device-list.ts'
import type { FrameShape } from '../../../drivers/ffmpeg/frame-source.ts'
import { JpegSplitter } from '../../../drivers/ffmpeg/mjpeg/jpeg-splitter.ts'
import { nativeFormat } from '../../../drivers/ffmpeg/program/ffmpeg-arguments.ts'
import { ffmpegFailure } from '../../../drivers/ffmpeg/program/ffmpeg-failure.ts'
import { parseVersion } from '../../../drivers/sdk/ffmpeg-program.ts'
import { PnmStream } from '../../../drivers/ffmpeg/program/pnm-stream.ts'
import { parseVideoAddress, withoutAddresses } from '../../../drivers/ffmpeg/video-address.ts'
import { jpegBytes } from '../../fixtures/mjpeg-camera.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length))
}

function split(chunks: readonly Uint8Array[], maxBytes = 1e6) {
  const images: { file: Buffer; width: number; height: number }[] = []
  const problems: string[] = []
  const splitter = new JpegSplitter(
    {
      image: ({ file, width, height }) => images.push({ file: Buffer.from(file), width, height }),
      damaged: (problem) => problems.push(problem),
    },
    maxBytes,
  )
  for (const chunk of chunks) splitter.write(chunk, 0n)
  return { images, problems }
}

describe('JPEG splitter', () => {
  const [small, large] = [jpegBytes(8, 8, 10), jpegBytes(64, 40, 200)]
  const header = Buffer.from('\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n')
  /** An image with another one as thumbnail in an application segment. */
  const nested = Buffer.concat([
    large.subarray(0, 2),
    Buffer.from([0xff, 0xe1, (small.length + 2) >> 8, (small.length + 2) & 0xff]),
    small,
    large.subarray(2),
  ])

  test('finds the images, wherever the stream is cut', () => {
    const stream = Buffer.concat([header, small, header, large, header, nested])
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const { images, problems } = split(pieces(stream, cuts))
        expect(images.map(({ width, height }) => [width, height])).toEqual([
          [8, 8],
          [64, 40],
          [64, 40],
        ])
        expect(images.map(({ file }) => file.length)).toEqual([small.length, large.length, nested.length])
        expect(problems).toEqual([])
      }),
    )
  })

  test('goes on behind one that is cut off, or too long', () => {
    const cut = split([large.subarray(0, large.length - 5), header, small])
    expect(cut.images).toHaveLength(1)
    expect(cut.problems).toEqual(['it ends too early'])
    const long = split([nested, header, small], small.length + 10)
    expect(long.images.map(({ width }) => width)).toContain(8)
    expect(long.problems.join()).toContain('longer than')
  })

  test('takes any bytes', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => void split(chunks, 100)))
  })
})

describe('PNM stream', () => {
  test('gives every image whole, of any size, wherever it is cut', () => {
    const image = fc.record({
      width: fc.integer({ min: 1, max: 20 }),
      height: fc.integer({ min: 1, max: 9 }),
      magic: fc.constantFrom('P5', 'P6', 'P5deep'),
    })
    fc.assert(
      fc.property(fc.array(image, { maxLength: 4 }), fc.array(fc.nat(2000)), (images, cuts) => {
        const stream = Buffer.concat(
          images.flatMap(({ width, height, magic }, index) => {
            const bytes = width * height * (magic === 'P5' ? 1 : magic === 'P6' ? 3 : 2)
            const most = magic === 'P5deep' ? 65_535 : 255
            return [
              Buffer.from(`${magic.slice(0, 2)}\n${width} ${height}\n${most}\n`),
              Buffer.alloc(bytes, index + 1),
            ]
          }),
        )
        const seen: unknown[] = []
        let target = new Uint8Array(0)
        const handler = {
          begin: ({ width, height, pixelFormat }: FrameShape) => {
            const channels = { Mono8: 1, Mono16: 2, RGB8: 3 }[pixelFormat]
            target = new Uint8Array(width * height * channels)
            return target
          },
          complete: () => seen.push([target.length, [...new Set(target)]]),
        }
        const pnm = new PnmStream(handler, 'cam')
        for (const piece of pieces(stream, cuts)) pnm.write(piece)
        expect(seen).toEqual(
          images.map(({ width, height, magic }, i) => [
            width * height * (magic === 'P5' ? 1 : magic === 'P6' ? 3 : 2),
            [i + 1],
          ]),
        )
      }),
    )
  })

  test.each([
    'GIF89a, and so on and on and on and on',
    'P5\n0 5\n255\n',
    'P4\n99999 99999\n255\n                          ',
  ])('refuses %j', (text) => {
    const pnm = new PnmStream({ begin: () => undefined, complete: () => undefined }, 'cam')
    expect(() => pnm.write(Buffer.from(text))).toThrow(/from cam: .*no image/)
  })
})

// Written after ffmpeg's source and manual, as there is no such camera here.
describe('listings', () => {
  test('DirectShow', () => {
    const text = `[dshow @ 000001] "USB Microscope" (video)
[dshow @ 000001]   Alternative name "@device_pnp_\\\\?\\usb#vid_0c45"
[dshow @ 000001] "Microphone" (audio)
[dshow @ 000001]   Alternative name "@device_cm_{33D9}"
[dshow @ 000001] "OBS" (none)`
    expect(parseDshowDevices(text)).toEqual([
      { device: '@device_pnp_\\\\?\\usb#vid_0c45', title: 'USB Microscope' },
    ])
    const old =
      '[dshow @ 1] DirectShow video devices\n[dshow @ 1]  "Cam"\n[dshow @ 1] DirectShow audio devices\n[dshow @ 1]  "Mic"'
    expect(parseDshowDevices(old)).toEqual([{ device: 'Cam', title: 'Cam' }])
    const modes = `[dshow @ 1]   pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30
[dshow @ 1]   vcodec=mjpeg  min s=1280x720 fps=5 max s=1280x720 fps=60.0002`
    expect(parseDshowModes(modes)).toMatchObject([
      { width: 1280, height: 720, encoding: 'mjpeg', isCodec: true },
      { width: 640, height: 480, encoding: 'yuyv422', isCodec: false, maxRate: 30 },
    ])
  })

  test('AVFoundation', () => {
    const text = `[AVFoundation indev @ 0x7f] AVFoundation video devices:
[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7f] [1] Capture screen 0
[AVFoundation indev @ 0x7f] AVFoundation audio devices:
[AVFoundation indev @ 0x7f] [0] Built-in Microphone`
    expect(parseAvfoundationDevices(text)).toEqual([
      { device: 'FaceTime HD Camera', title: 'FaceTime HD Camera' },
    ])
    expect(parseAvfoundationModes('[avfoundation @ 1]   640x480@[15.000000 30.000000]fps')).toMatchObject([
      { width: 640, maxRate: 30 },
    ])
  })

  test('Video4Linux', () => {
    const text = `[video4linux2,v4l2 @ 0x5] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 320x240
[video4linux2,v4l2 @ 0x5] Compressed:       mjpeg :          Motion-JPEG : 1920x1080
[video4linux2,v4l2 @ 0x5] Raw       : Unsupported :            Odd : 99x99
[video4linux2,v4l2 @ 0x5] Raw       :        gray :      8-bit Greyscale : {32-2592, 2}x{32-1944, 2}`
    expect(parseV4l2Modes(text).map(({ width, encoding }) => `${width} ${encoding}`)).toEqual([
      '2592 gray',
      '1920 mjpeg',
      '640 yuyv422',
      '320 yuyv422',
    ])
  })
})

test('versions, formats', () => {
  expect(['5.1.9-0+deb12u1', 'n6.0', 'N-123-gabc'].map(parseVersion)).toEqual([
    { major: 5, minor: 1 },
    { major: 6, minor: 0 },
    undefined,
  ])
  const line = (format: string) =>
    nativeFormat(`  Stream #0:0: Video: rawvideo (Y16 / 0x1), ${format}, 640x480, 30 fps`)
  expect(['gray', 'gray12le', 'yuvj422p(pc, bt470bg)'].map(line)).toEqual(['Mono8', 'Mono16', 'RGB8'])
})

describe('last words', () => {
  const told = (words: string) =>
    ffmpegFailure(parseVideoAddress('rtsp://cam/live'), 'the video ended', words).message
  const described = `Input #0, rtsp, from 'rtsp://cam/live':
  Metadata:
    title           : Session streamed with GStreamer
  Stream #0:0: Video: h264, yuv420p, 320x240, 30 fps
Stream mapping:
  Stream #0:0 -> #0:0 (h264 (native) -> ppm (native))
Output #0, image2pipe, to 'pipe:1':
    Metadata:
      encoder         : Lavc59.37.100 ppm
`
  const frames = 'frame=   30 fps= 28 q=-0.0 Lsize=    6750kB time=00:00:01.76 speed=1.66x    \n'
  const total = 'video:6750kB audio:0kB subtitle:0kB other streams:0kB muxing overhead: 0.000000%\n'

  test.each([
    ['statistics', `${described}${frames}${total}`],
    ['those of newer versions', `${described}[out#0/image2pipe @ 0x55] ${total}${frames}`],
    ['a description', described],
    [
      'pixel formats',
      '[swscaler @ 0x5] [swscaler @ 0x6] deprecated pixel format used, make sure you did set range\n',
    ],
    ['nothing', ''],
  ])('%s are not told', (_what, words) => {
    expect(told(words)).toBe('No video from rtsp://cam/live: the video ended')
  })

  test('complaints are, wherever they stand', () => {
    const complaint = '[rtsp @ 0x55] method DESCRIBE failed: 404 Not Found\r\n'
    for (const words of [`${complaint}${described}${frames}${total}`, `${described}${complaint}`])
      expect(told(words)).toMatch(
        /the video ended \(\[rtsp @ 0x55\] method DESCRIBE failed: 404 Not Found\)$/,
      )
  })
})

test('addresses: what may be opened, and what is shown', () => {
  expect(parseVideoAddress('rtsp://me:secret@cam.local:554/live?token=x').shown).toBe(
    'rtsp://cam.local:554/live',
  )
  expect(withoutAddresses("open 'http://cam/?token=a:'", 'CAM')).toBe("open 'CAM:'")
  expect(withoutAddresses('rtsp://me:secret@cam/x: refused', 'CAM')).toBe('CAM: refused')
  for (const bad of [
    'file:///etc/passwd',
    'concat:a|b',
    'v4l2:/etc/passwd',
    'dshow:a:audio=b',
    'rtsp://',
    'http://a\n/b',
    'nothing',
  ])
    expect(() => parseVideoAddress(bad)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
})
