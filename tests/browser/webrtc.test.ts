/** Chromium as a viewer by WebRTC, as it comes: with mDNS names for its addresses, and candidates that follow later. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createEngine, type Engine } from '../../src-main/engine/create-engine.ts'
import { webrtcAvailable } from '../../src-main/live-view/webrtc/webrtc-library.ts'
import { type VideoFrameNote, withCaptureTimes } from '../../src-shared/webrtc.ts'
import { barValue, patternConnection } from '../fixtures/pattern-driver.ts'
import { launchChromium } from './app-page.ts'

let browser: Browser
let engine: Engine
beforeAll(async () => {
  browser = await launchChromium()
  engine = await createEngine({
    connections: [patternConnection({ width: 1600, height: 1200, frameRate: 15 })],
  })
})
afterAll(async () => {
  await browser?.close()
  await engine?.close()
})

declare global {
  interface Window {
    signal(sdp: string): Promise<string>
    withTimes(sdp: string): Promise<string>
  }
}

type Shown = {
  readonly width: number
  readonly height: number
  /** Red, green and blue of the middles of eight vertical bars. */
  readonly bars: readonly (readonly number[])[]
  readonly notes: readonly VideoFrameNote[]
  /** Unix time, ms. */
  readonly captureTimes: readonly number[]
}

if (!webrtcAvailable()) console.log('The WebRTC test is skipped: @roamhq/wrtc is not installed')

describe.skipIf(!webrtcAvailable())('WebRTC in Chromium', () => {
  test('black is black, white is white, nothing is scaled down, and frames have notes and capture times', async () => {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.exposeFunction('withTimes', (sdp: string) => withCaptureTimes(sdp))
    await page.exposeFunction('signal', async (sdp: string) => {
      const params = { windowMode: 'full', maxWidth: 1280, frameRate: 15 } as const
      const viewer = {
        callerId: 'x',
        label: 'Chromium',
        role: 'operator',
        address: '',
        client: 'webrtc',
      } as const
      return (await engine.webrtc.answer({ sdp, params }, viewer)).sdp
    })
    const shown: Shown = await page.evaluate(watch)
    expect([shown.width, shown.height]).toEqual([1280, 960])
    shown.bars.forEach((rgb, bar) => {
      const ideal = (barValue(bar) / 4095) * 255
      for (const value of rgb) expect(Math.abs(value - ideal)).toBeLessThan(8)
    })
    expect(Math.max(...(shown.bars[0] ?? [9]))).toBeLessThanOrEqual(2)
    expect(Math.min(...(shown.bars[7] ?? [0]))).toBeGreaterThanOrEqual(253)
    expect(shown.notes[0]).toMatchObject({ width: 1280, height: 960, scale: 1.25, pixelSizeUm: 0.625 })
    // What pairs frames and notes is there; that it pairs them rightly is seen with the viewer page's numbered frames.
    expect(shown.captureTimes).not.toEqual([])
  })
})

async function watch(): Promise<Shown> {
  const connection = new RTCPeerConnection()
  const channel = connection.createDataChannel('frames')
  const notes: VideoFrameNote[] = []
  channel.onmessage = ({ data }) => notes.push(JSON.parse(String(data)))
  const { receiver } = connection.addTransceiver('video', { direction: 'recvonly' })
  const offer = await connection.createOffer()
  const sdp = await window.withTimes(offer.sdp ?? '')
  await connection.setLocalDescription({ type: 'offer', sdp })
  // At once, without any candidate: the server learns the address from the first packets.
  await connection.setRemoteDescription({ type: 'answer', sdp: await window.signal(sdp) })
  const video = document.createElement('video')
  video.muted = true
  video.srcObject = new MediaStream([receiver.track])
  document.body.append(video)
  const captureTimes: number[] = []
  const enough = new Promise<void>((resolve) => {
    const look = (_now: number, { captureTime }: VideoFrameCallbackMetadata) => {
      if (captureTime !== undefined) captureTimes.push(performance.timeOrigin + captureTime)
      if (captureTimes.length >= 10 && notes.length > 0) resolve()
      else video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    // Figures without capture times are judged by the test.
    setTimeout(resolve, 90_000)
  })
  await video.play()
  await enough
  const { videoWidth: width, videoHeight: height } = video
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  context?.drawImage(video, 0, 0)
  const bars = Array.from({ length: 8 }, (_, bar) => [
    ...(context?.getImageData(((bar + 0.5) * width) / 8, height / 2, 1, 1).data.subarray(0, 3) ?? []),
  ])
  connection.close()
  return { width, height, bars, notes, captureTimes }
}
