/**
 * Codes of pixel formats on the wire (PFNC): 0x01 (one component) or 0x02 (colour) << 24 | bits per pixel << 16 | number.
 * `Packed` is GigE Vision's own packing (two pixels in three bytes), `p` the LSB-first bit stream of PFNC.
 */

/** Codes of pixel formats (PFNC), by name. */
export const pixelCodes = {
  Mono8: 0x0108_0001,
  Mono8s: 0x0108_0002,
  Mono10: 0x0110_0003,
  Mono10Packed: 0x010c_0004,
  Mono10p: 0x010a_0046,
  Mono12: 0x0110_0005,
  Mono12Packed: 0x010c_0006,
  Mono12p: 0x010c_0047,
  Mono14: 0x0110_0025,
  Mono16: 0x0110_0007,
  BayerGR8: 0x0108_0008,
  BayerRG8: 0x0108_0009,
  BayerGB8: 0x0108_000a,
  BayerBG8: 0x0108_000b,
  BayerGR10: 0x0110_000c,
  BayerRG10: 0x0110_000d,
  BayerGB10: 0x0110_000e,
  BayerBG10: 0x0110_000f,
  BayerGR12: 0x0110_0010,
  BayerRG12: 0x0110_0011,
  BayerGB12: 0x0110_0012,
  BayerBG12: 0x0110_0013,
  BayerGR16: 0x0110_002e,
  BayerRG16: 0x0110_002f,
  BayerGB16: 0x0110_0030,
  BayerBG16: 0x0110_0031,
  BayerGR10Packed: 0x010c_0026,
  BayerRG10Packed: 0x010c_0027,
  BayerGB10Packed: 0x010c_0028,
  BayerBG10Packed: 0x010c_0029,
  BayerGR12Packed: 0x010c_002a,
  BayerRG12Packed: 0x010c_002b,
  BayerGB12Packed: 0x010c_002c,
  BayerBG12Packed: 0x010c_002d,
  BayerBG10p: 0x010a_0052,
  BayerGB10p: 0x010a_0054,
  BayerGR10p: 0x010a_0056,
  BayerRG10p: 0x010a_0058,
  BayerBG12p: 0x010c_0053,
  BayerGB12p: 0x010c_0055,
  BayerGR12p: 0x010c_0057,
  BayerRG12p: 0x010c_0059,
  RGB8: 0x0218_0014,
  BGR8: 0x0218_0015,
  RGBa8: 0x0220_0016,
  BGRa8: 0x0220_0017,
  RGB8_Planar: 0x0218_0021,
  YUV422_8_UYVY: 0x0210_001f,
  YUV422_8: 0x0210_0032,
} as const

/** Name of a pixel format on the wire. */
export type WirePixelFormat = keyof typeof pixelCodes

/** Bits of one pixel of any PFNC code, known or not. */
export function bitsPerPixel(code: number): number {
  return (code >>> 16) & 0xff
}
