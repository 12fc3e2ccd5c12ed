import { describe, expect, it, test } from 'vitest'
import {
  type AssembledFrame,
  decodeFrameHeader,
  encodeFrameHeader,
  FrameAssembler,
} from '../../../src-main/live-view/webrtc/frame-pipe.ts'
import { withBitrate } from '../../../src-main/live-view/webrtc/sdp.ts'
import { videoGeometry } from '../../../src-main/live-view/webrtc/video-geometry.ts'
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import { withCaptureTimes } from '../../../src-shared/webrtc.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('frames on the pipe', () => {
  const frame = fc
    .record({
      width: fc.integer({ min: 1, max: 20 }).map((half) => 2 * half),
      height: fc.integer({ min: 1, max: 20 }).map((half) => 2 * half),
      colour: fc.boolean(),
      note: fc.string({ maxLength: 60 }),
      first: fc.integer({ min: 0, max: 255 }),
    })
    .map(({ first, ...rest }) => {
      const pixels = rest.width * rest.height
      const length = rest.colour ? pixels * 1.5 : pixels
      return { ...rest, planes: Uint8Array.from({ length }, (_, i) => first + i) }
    })

  test('come out as they went in, whatever pieces they arrive in', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 20 }),
        (frames, pieces) => {
          const bytes = Buffer.concat(
            frames.flatMap(({ note, planes, ...header }) => {
              const text = Buffer.from(note, 'utf8')
              return [encodeFrameHeader({ ...header, noteBytes: text.length }), text, planes]
            }),
          )
          const out: AssembledFrame[] = []
          const assembler = new FrameAssembler((seen) => out.push({ ...seen, data: seen.data.slice() }))
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const { target } = assembler
            expect(target.length).toBeGreaterThan(0)
            const length = Math.min(target.length, pieces[i % pieces.length] ?? 1, bytes.length - at)
            target.set(bytes.subarray(at, at + length))
            assembler.filled(length)
            at += length
          }
          expect(out).toHaveLength(frames.length)
          frames.forEach(({ width, height, note, colour, planes }, i) => {
            const data = new Uint8ClampedArray(width * height * 1.5).fill(128)
            data.set(planes)
            expect(out[i]).toEqual({ width, height, note, data })
            expect(colour ? planes.length : width * height).toBe(planes.length)
          })
        },
      ),
    )
  })

  it('that are none are refused', () => {
    const header = { width: 64, height: 48, colour: false, noteBytes: 0 }
    expect(decodeFrameHeader(encodeFrameHeader(header))).toEqual(header)
    for (const wrong of [{ width: 63 }, { width: 0 }, { height: 20_000 }, { noteBytes: 1_000_000 }])
      expect(() => decodeFrameHeader(encodeFrameHeader({ ...header, ...wrong }))).toThrow(RangeError)
  })
})

describe('the size of the video', () => {
  const side = fc.integer({ min: 2, max: 5000 })

  test('is even, at most as wide as asked for, and of the same aspect', () => {
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 64, max: 4096 }),
        fc.integer({ min: 2, max: 6000 }),
        fc.constantFrom<PixelFormat>('Mono12', 'BayerRG12'),
        (frameWidth, frameHeight, maxWidth, cropSize, pixelFormat) => {
          const geometry = videoGeometry(
            { width: frameWidth, height: frameHeight, pixelFormat },
            { maxWidth, cropSize },
          )
          const { region, bin, width, height } = geometry
          expect([width % 2, height % 2]).toEqual([0, 0])
          expect(width).toBeLessThanOrEqual(maxWidth)
          expect(width).toBeLessThanOrEqual(region.width)
          expect(height).toBeLessThanOrEqual(region.height)
          expect(region.x + region.width).toBeLessThanOrEqual(frameWidth)
          expect(region.y + region.height).toBeLessThanOrEqual(frameHeight)
          const scale = region.width / width
          // Even, and where it is reduced at all, by two rows at least.
          expect(Math.abs(height - Math.max(2, region.height / scale))).toBeLessThanOrEqual(2)
          if (pixelFormat === 'Mono12') expect(bin).toBe(1)
          // Colours keep their places, and whole blocks are binned.
          else expect([region.x % 2, region.y % 2]).toEqual([0, 0])
          if (bin > 1) expect([region.width % (2 * bin), region.height % (2 * bin)]).toEqual([0, 0])
        },
      ),
    )
  })

  it('cannot be below 2 pixels, or higher than codecs take', () => {
    const params = { maxWidth: 1280, cropSize: 0 }
    expect(() => videoGeometry({ width: 1, height: 9, pixelFormat: 'Mono8' }, params)).toThrow('2 x 2')
    expect(() => videoGeometry({ width: 64, height: 20_000, pixelFormat: 'Mono8' }, params)).toThrow(
      '20000 pixels high',
    )
  })
})

describe('session descriptions', () => {
  const sdp = [
    'v=0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=rtpmap:111 opus/48000/2',
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98',
    'a=rtpmap:96 VP8/90000',
    'a=rtpmap:97 rtx/90000',
    'a=fmtp:97 apt=96',
    'a=rtpmap:98 VP9/90000',
    'a=fmtp:98 profile-id=0',
    '',
  ].join('\r\n')

  it('carry the bit rate for each video codec', () => {
    const limits = 'x-google-start-bitrate=5000;x-google-max-bitrate=5000'
    expect(withBitrate(sdp, 5000).split('\r\n')).toEqual([
      ...sdp.split('\r\n').slice(0, 8),
      `a=fmtp:98 profile-id=0;${limits}`,
      `a=fmtp:96 ${limits}`,
      '',
    ])
  })

  it('ask for capture times', () => {
    expect(
      withCaptureTimes(sdp).match(/a=rtpmap:(\d+) VP[89]\/90000\r\na=rtcp-fb:\1 rrtr\r\n/g),
    ).toHaveLength(2)
    expect(withCaptureTimes(sdp).match(/rrtr/g)).toHaveLength(2)
  })
})
