/** The live display in a real browser, and where its frames come from: counters, reconnecting, failures. */
import { expect, test } from 'vitest'
import { encodedFrame, testImage, withFrameId } from '../fixtures/encoded-frame.ts'
import { eventually } from '../fixtures/eventually.ts'
import { launchChromium } from './app-page.ts'
import { background, DisplayScene, gray, height, pattern, width } from './display-scene.ts'

const scene = new DisplayScene()

test('histogram and statistics are reported, gaps counted', async () => {
  const image = testImage('Mono12', width, height, (x) => x * 10)
  const frame = await encodedFrame(image, { protocol: 'binary' })
  await scene.subscribe()
  await eventually('the subscription', () => scene.feed.viewers === 1)
  for (const frameId of [0, 1, 5, 6, 9]) {
    scene.feed.publish(withFrameId(frame, frameId))
    await scene.shown(frameId)
  }
  const stats = await eventually('statistics', () =>
    scene.page.evaluate(() => harness.stats.find(({ missed, shownFps }) => missed === 5 && shownFps > 0)),
  )
  expect(stats.dropped).toBe(0)
  // A frame may come in one second and be shown in the next.
  expect(await scene.page.evaluate(() => harness.stats.some(({ receivedFps }) => receivedFps > 0))).toBe(true)
  const histogram = await eventually('a histogram', () =>
    scene.page.evaluate(
      () => harness.histograms.map((last) => ({ ...last, bins: Array.from(last.bins) }))[0],
    ),
  )
  expect(histogram).toMatchObject({ maxValue: 4095, min: 0, max: 950, saturatedFraction: 0 })
  expect(histogram.bins.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
  await expect.poll(() => scene.feed.acknowledged).toEqual([0, 1, 5, 6, 9])
  const ended = await eventually('the end is reported', () =>
    scene.page.evaluate(() =>
      harness.stats.at(-1)?.receivedFps === 0 && harness.stats.at(-1)?.shownFps === 0
        ? harness.stats.length
        : undefined,
    ),
  )
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(await scene.page.evaluate(() => harness.stats.length)).toBe(ended)
})

test('latency is by the host’s clock', async () => {
  scene.feed.clockAheadMs = 3_600_000
  await scene.openPage()
  const frame = await encodedFrame(pattern('Mono8', 255), { protocol: 'binary' })
  await scene.subscribe()
  for (let frameId = 0; frameId < 5; frameId++) {
    const { message, packet } = withFrameId(frame, frameId)
    const metadata = { ...message.metadata, captured_at_ms: Date.now() + 3_600_000 - 60_000 }
    scene.feed.publish({ packet, message: { ...message, metadata } })
    await scene.shown(frameId)
  }
  const latencyMs = await eventually('a latency', () =>
    scene.page.evaluate(() => harness.stats.at(-1)?.latencyMs),
  )
  // The two clocks are compared as well as the connection allows.
  expect(latencyMs).toBeGreaterThan(50_000)
  // Far from the hour between the clocks, however late a loaded machine shows it.
  expect(latencyMs).toBeLessThan(600_000)
})

test('comes back by itself after the server was restarted, and subscribes again', async () => {
  const frame = await encodedFrame(pattern('Mono16', 65_535), { protocol: 'binary' })
  await scene.subscribe()
  scene.feed.publish(withFrameId(frame, 41))
  await scene.shown(41)
  const { port } = scene.feed
  await scene.feed.close()
  await eventually('the loss is noticed', async () => (await scene.lastState())?.connection === 'lost')
  await eventually('the reason is told', async () =>
    (await scene.lastState())?.error?.message.includes('does not answer'),
  )
  await scene.startFeed(port)
  await eventually('it is connected again', async () => (await scene.lastState())?.connection === 'connected')
  await eventually('the error is gone', async () => (await scene.lastState())?.error === undefined)
  await eventually('it has subscribed', () => scene.feed.viewers === 1)
  scene.feed.publish(withFrameId(frame, 0))
  await scene.shown(0)
  const missed = await eventually('statistics', () => scene.page.evaluate(() => harness.stats.at(-1)?.missed))
  expect(missed).toBe(0)
})

test('a refused subscription says why; the next one clears it', async () => {
  await scene.subscribe('nobody')
  const { error } = await eventually('a refusal', async () => {
    const state = await scene.lastState()
    return state?.error === undefined ? undefined : state
  })
  expect(error).toEqual({
    code: 'UNKNOWN_DEVICE',
    message: 'There is no camera "nobody"',
    hint: 'Choose one.',
  })
  await scene.subscribe()
  await eventually('no error', async () => {
    const state = await scene.lastState()
    return state !== undefined && state.error === undefined
  })
  await expect(scene.page.evaluate(() => harness.display.readPixels())).rejects.toThrow(
    'No frame is shown yet',
  )
})

test('damaged and foreign messages are reported and do no harm', async () => {
  const frame = await encodedFrame(pattern('Mono12', 4095), { protocol: 'binary' })
  const jpeg = await encodedFrame(pattern('Mono8', 255), { protocol: 'jpeg' }, 2)
  await scene.subscribe()
  scene.feed.publish(withFrameId({ ...frame, packet: frame.packet.slice(0, 500) }, 1))
  const damaged = await eventually('an error', async () => (await scene.lastState())?.error)
  expect(damaged.message).toContain('packet')
  scene.feed.publish(withFrameId({ ...jpeg, packet: jpeg.packet.slice(0, 50) }, 2))
  await eventually('another error', async () =>
    (await scene.lastState())?.error?.message.includes('JPEG frame 2'),
  )
  scene.feed.broadcast('frame', 'nonsense', 7)
  scene.feed.broadcast('channel_error', null)
  await eventually('a third one', async () =>
    (await scene.lastState())?.error?.message.includes('does not understand'),
  )
  scene.feed.publish(withFrameId(frame, 3))
  await scene.shown(3)
  await expect.poll(() => scene.feed.acknowledged).toEqual([1, 2, 3])
})

test('after another subscription nothing of the camera before is shown', async () => {
  await scene.subscribe()
  await scene.setDisplay(gray)
  scene.feed.publish(
    await encodedFrame(
      testImage('Mono8', width, height, () => 200),
      { protocol: 'binary' },
    ),
  )
  await scene.shown(0)
  await scene.seen((at) => expect(at(200, 150)).toEqual([200, 200, 200]))
  await scene.page.evaluate(() => harness.display.subscribe(undefined))
  await scene.seen((at) => expect(at(200, 150)).toEqual(background))
  await eventually('it has unsubscribed', () => scene.feed.viewers === 0)
})

test('the picture comes back after the graphics context was lost', async () => {
  await scene.subscribe()
  await scene.setDisplay(gray)
  scene.feed.publish(
    await encodedFrame(
      testImage('Mono16', width, height, () => 150),
      { protocol: 'binary' },
    ),
  )
  await scene.shown(0)
  const worker = scene.displayWorker()
  // Catches the context at the next drawing.
  await worker?.evaluate(() => {
    const { prototype } = WebGL2RenderingContext
    const clear = prototype.clear
    prototype.clear = function (mask) {
      Object.assign(globalThis, { loss: this.getExtension('WEBGL_lose_context') })
      clear.call(this, mask)
    }
  })
  await scene.setDisplay({ ...gray, lut: 'inverted' })
  await scene.seen((at) => expect(at(200, 150)).toEqual([105, 105, 105]))
  await scene.setDisplay(gray)
  await worker?.evaluate(() => Reflect.get(globalThis, 'loss').loseContext())
  await eventually('the loss is told', async () => (await scene.lastState())?.error?.code === 'GRAPHICS_LOST')
  await worker?.evaluate(() => Reflect.get(globalThis, 'loss').restoreContext())
  await eventually('the error is gone', async () => (await scene.lastState())?.error === undefined)
  await scene.seen((at) => expect(at(200, 150)).toEqual([150, 150, 150]))
  scene.feed.publish(
    await encodedFrame(
      testImage('Mono16', width, height, () => 90),
      { protocol: 'binary' },
      1,
    ),
  )
  await scene.shown(1)
  await scene.seen((at) => expect(at(200, 150)).toEqual([90, 90, 90]))
})

test('in the desktop window frames come by a port', async () => {
  const ported = await scene.openPage(scene.browser, '?source=port')
  const image = pattern('Mono12', 4095)
  const { message, packet } = await encodedFrame(image, { protocol: 'binary' }, 12)
  await ported.evaluate(() => harness.display.subscribe('camera'))
  await ported.waitForFunction(() => JSON.stringify(harness.requests).includes('subscribe'))
  await ported.evaluate(
    ([meta, bytes]) => harness.send({ type: 'frame', message: meta, packet: Uint8Array.from(bytes) }),
    [message, Array.from(packet)] as const,
  )
  await ported.waitForFunction(() => harness.frames.at(-1)?.frameId === 12)
  const values = await ported.evaluate(async () => Array.from((await harness.display.readPixels()).pixels))
  expect(values).toEqual(Array.from(image.pixels))
  const requests = () => ported.evaluate(() => harness.requests)
  await expect.poll(requests).toContainEqual({ type: 'frame_ack', detectorName: 'camera', frameId: 12 })
  expect(await requests()).toContainEqual(
    expect.objectContaining({
      type: 'subscribe',
      detectorName: 'camera',
      decodes: ['lz4', 'zstd', 'jpeg'],
    }),
  )
  await expect.poll(() => ported.evaluate(() => harness.states.at(-1))).toEqual({ connection: 'connected' })
  await ported.evaluate(() =>
    harness.send({ type: 'channel_error', error: { ok: false, code: 'X', message: 'Gone' } }),
  )
  await ported.waitForFunction(() => harness.states.at(-1)?.error?.message === 'Gone')
})

test('disposed, it leaves the server and answers no more', async () => {
  await scene.subscribe()
  await eventually('the subscription', () => scene.feed.viewers === 1)
  const answer = scene.page.evaluate(() => {
    const pixels = harness.display.readPixels()
    harness.display.dispose()
    return pixels
  })
  await expect(answer).rejects.toThrow('closed')
  await eventually('it has left', () => scene.feed.viewers === 0)
  await expect(scene.page.evaluate(() => harness.display.readPixels())).rejects.toThrow('closed')
})

test('without WebGL2 it says what is missing and still reads pixels', async () => {
  const plain = await launchChromium(['--disable-gpu', '--disable-software-rasterizer'])
  try {
    await scene.openPage(plain)
    const image = pattern('Mono16', 65_535)
    await scene.subscribe()
    scene.feed.publish(await encodedFrame(image, { protocol: 'binary' }))
    await scene.shown(0)
    await expect
      .poll(() => scene.lastState())
      .toMatchObject({
        error: { code: 'WEBGL2_MISSING', hint: expect.stringContaining('hardware') },
      })
    expect((await scene.readPixels()).values).toEqual(Array.from(image.pixels))
  } finally {
    await plain.close()
  }
})
