import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { quitCleanly } from '../../src-main/desktop/clean-quit.ts'
import { eventually } from '../fixtures/eventually.ts'

/** The part of Electron's app that quitting needs. */
class FakeApp extends EventEmitter {
  readonly ends: (number | 'quit')[] = []
  readonly exit = (code = 0) => void this.ends.push(code)
  readonly quit = () => {
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (!prevented) this.ends.push('quit')
  }
}

test('quits when everything is closed, which happens once', async () => {
  const app = new FakeApp()
  const closing = Promise.withResolvers<void>()
  const close = vi.fn(() => closing.promise)
  quitCleanly({ app, close, limitMs: 60_000 })
  app.emit('window-all-closed')
  app.quit()
  await Promise.resolve()
  expect(app.ends).toEqual([])
  closing.resolve()
  await eventually('the end', () => app.ends.length > 0)
  expect(app.ends).toEqual(['quit'])
  expect(close).toHaveBeenCalledTimes(1)
})

test('quits all the same when closing fails', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const app = new FakeApp()
  quitCleanly({ app, close: () => Promise.reject(new Error('camera on fire')), limitMs: 60_000 })
  app.quit()
  await eventually('the end', () => app.ends.length > 0)
  expect(app.ends).toEqual(['quit'])
  expect(error.mock.calls.flat().join(' ')).toContain('camera on fire')
  error.mockRestore()
})

test('does not wait for a device that hangs', async () => {
  vi.useFakeTimers()
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const app = new FakeApp()
  quitCleanly({ app, close: () => new Promise(() => undefined), limitMs: 5000 })
  app.quit()
  await vi.advanceTimersByTimeAsync(4999)
  expect(app.ends).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(app.ends).toEqual([1])
  error.mockRestore()
  vi.useRealTimers()
})
