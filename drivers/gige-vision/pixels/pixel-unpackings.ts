/**
 * The pixel formats that GigE Vision cameras send, by their PFNC codes (PFNC 2.4, table of codes; bits 16 to 23 of a
 * code are the bits per pixel, its uppermost byte is 1 for mono and Bayer, 2 for colour).
 */
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import { copiedRun, planarRun, reorderedRun, signedRun } from './byte-runs.ts'
import { packed10, packed12, stream10, stream12 } from './packed-runs.ts'
import type { PixelUnpacking, UnpackRun } from './pixel-unpacking.ts'
import { finishYuv422, uyvy, yuyv } from './yuv-image.ts'

const bytes1 = copiedRun(1)
const bytes2 = copiedRun(2)

function unpacking(
  code: number,
  name: string,
  ringFormat: PixelFormat,
  unpack: UnpackRun,
  finish?: PixelUnpacking['finish'],
): PixelUnpacking {
  return { code, name, bitsPerPixel: (code >> 16) & 0xff, ringFormat, unpack, finish }
}

/** All of them. */
export const pixelUnpackings: readonly PixelUnpacking[] = [
  unpacking(0x0108_0001, 'Mono8', 'Mono8', bytes1),
  unpacking(0x0108_0002, 'Mono8s', 'Mono8', signedRun),
  unpacking(0x0110_0003, 'Mono10', 'Mono10', bytes2),
  unpacking(0x010c_0004, 'Mono10Packed', 'Mono10', packed10),
  unpacking(0x010a_0046, 'Mono10p', 'Mono10', stream10),
  unpacking(0x0110_0005, 'Mono12', 'Mono12', bytes2),
  unpacking(0x010c_0006, 'Mono12Packed', 'Mono12', packed12),
  unpacking(0x010c_0047, 'Mono12p', 'Mono12', stream12),
  unpacking(0x0110_0025, 'Mono14', 'Mono14', bytes2),
  unpacking(0x0110_0007, 'Mono16', 'Mono16', bytes2),

  unpacking(0x0108_0008, 'BayerGR8', 'BayerGR8', bytes1),
  unpacking(0x0108_0009, 'BayerRG8', 'BayerRG8', bytes1),
  unpacking(0x0108_000a, 'BayerGB8', 'BayerGB8', bytes1),
  unpacking(0x0108_000b, 'BayerBG8', 'BayerBG8', bytes1),
  unpacking(0x0110_000c, 'BayerGR10', 'BayerGR10', bytes2),
  unpacking(0x0110_000d, 'BayerRG10', 'BayerRG10', bytes2),
  unpacking(0x0110_000e, 'BayerGB10', 'BayerGB10', bytes2),
  unpacking(0x0110_000f, 'BayerBG10', 'BayerBG10', bytes2),
  unpacking(0x0110_0010, 'BayerGR12', 'BayerGR12', bytes2),
  unpacking(0x0110_0011, 'BayerRG12', 'BayerRG12', bytes2),
  unpacking(0x0110_0012, 'BayerGB12', 'BayerGB12', bytes2),
  unpacking(0x0110_0013, 'BayerBG12', 'BayerBG12', bytes2),
  unpacking(0x0110_002e, 'BayerGR16', 'BayerGR16', bytes2),
  unpacking(0x0110_002f, 'BayerRG16', 'BayerRG16', bytes2),
  unpacking(0x0110_0030, 'BayerGB16', 'BayerGB16', bytes2),
  unpacking(0x0110_0031, 'BayerBG16', 'BayerBG16', bytes2),
  unpacking(0x010c_0026, 'BayerGR10Packed', 'BayerGR10', packed10),
  unpacking(0x010c_0027, 'BayerRG10Packed', 'BayerRG10', packed10),
  unpacking(0x010c_0028, 'BayerGB10Packed', 'BayerGB10', packed10),
  unpacking(0x010c_0029, 'BayerBG10Packed', 'BayerBG10', packed10),
  unpacking(0x010c_002a, 'BayerGR12Packed', 'BayerGR12', packed12),
  unpacking(0x010c_002b, 'BayerRG12Packed', 'BayerRG12', packed12),
  unpacking(0x010c_002c, 'BayerGB12Packed', 'BayerGB12', packed12),
  unpacking(0x010c_002d, 'BayerBG12Packed', 'BayerBG12', packed12),
  unpacking(0x010a_0052, 'BayerBG10p', 'BayerBG10', stream10),
  unpacking(0x010a_0054, 'BayerGB10p', 'BayerGB10', stream10),
  unpacking(0x010a_0056, 'BayerGR10p', 'BayerGR10', stream10),
  unpacking(0x010a_0058, 'BayerRG10p', 'BayerRG10', stream10),
  unpacking(0x010c_0053, 'BayerBG12p', 'BayerBG12', stream12),
  unpacking(0x010c_0055, 'BayerGB12p', 'BayerGB12', stream12),
  unpacking(0x010c_0057, 'BayerGR12p', 'BayerGR12', stream12),
  unpacking(0x010c_0059, 'BayerRG12p', 'BayerRG12', stream12),

  unpacking(0x0218_0014, 'RGB8', 'RGB8', copiedRun(3)),
  unpacking(0x0218_0015, 'BGR8', 'RGB8', reorderedRun([2, 1, 0])),
  unpacking(0x0220_0016, 'RGBa8', 'RGB8', reorderedRun([0, 1, 2, undefined])),
  unpacking(0x0220_0017, 'BGRa8', 'RGB8', reorderedRun([2, 1, 0, undefined])),
  unpacking(0x0218_0021, 'RGB8_Planar', 'RGB8', planarRun),
  unpacking(0x0210_001f, 'YUV422_8_UYVY', 'RGB8', bytes2, finishYuv422(uyvy)),
  unpacking(0x0210_0032, 'YUV422_8', 'RGB8', bytes2, finishYuv422(yuyv)),
]

const byCode = new Map(pixelUnpackings.map((one) => [one.code, one]))

/** How images of the format `code` are unpacked; undefined: not known here. */
export function findPixelUnpacking(code: number): PixelUnpacking | undefined {
  return byCode.get(code)
}

/**
 * How images of the format `code` are unpacked.
 * @throws INVALID_INPUT for a format that is not known here.
 */
export function pixelUnpacking(code: number): PixelUnpacking {
  const found = byCode.get(code)
  if (found !== undefined) return found
  throw new CoverslipError(
    'INVALID_INPUT',
    `The camera sends pixel format 0x${code.toString(16).padStart(8, '0')}, which Coverslip does not know`,
    { hint: 'Choose another pixel format on the camera, such as Mono8, Mono12p or BayerRG8.' },
  )
}

/** Bytes of an image of `pixels` pixels as it is sent, without padding. */
export function packedImageBytes({ bitsPerPixel }: PixelUnpacking, pixels: number): number {
  return Math.ceil((pixels * bitsPerPixel) / 8)
}
