import { describe, expect, it } from 'vitest'
import { settingsSchema } from '../../../src-shared/settings.ts'
import { webrtcParamsSchema } from '../../../src-shared/stream-params.ts'

describe('saved stream parameters', () => {
  it('of a version that offered H264 stay valid, with VP8 in its place', () => {
    const webrtc = { ...webrtcParamsSchema.parse({ protocol: 'webrtc' }), bitrateKbps: 3000 }
    const saved = { streamParams: { camera: { webrtc: { ...webrtc, codec: 'H264' } } }, theme: 'light' }
    const settings = settingsSchema.parse(saved)
    expect(settings.streamParams).toEqual({ camera: { webrtc: { ...webrtc, codec: 'VP8' } } })
    expect(settings.theme).toBe('light')
  })

  it('are refused where they are not of any version; new parameters cannot ask for H264', () => {
    const settings = (codec: unknown) =>
      settingsSchema.safeParse({ streamParams: { camera: { webrtc: { protocol: 'webrtc', codec } } } })
        .success
    expect([settings('AV1'), settings('H265'), settings(undefined)]).toEqual([true, false, true])
    expect(settingsSchema.safeParse({ streamParams: { camera: { webrtc: 'H264' } } }).success).toBe(false)
    expect(webrtcParamsSchema.safeParse({ protocol: 'webrtc', codec: 'H264' }).success).toBe(false)
  })
})
