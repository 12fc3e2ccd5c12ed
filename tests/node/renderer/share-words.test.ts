import { describe, expect, it } from 'vitest'
import { modulesPath } from '../../../src-renderer/components/qr-path.ts'
import { expiryText, inputText, lastUsedText } from '../../../src-renderer/views/share/share-words.ts'

const minute = 60_000
const hour = 60 * minute

describe('words of the share dialog', () => {
  it('say when a link ends', () => {
    const now = 1_000_000
    expect(expiryText(undefined, now)).toBe('until revoked')
    expect(expiryText(now, now)).toBe('has ended')
    expect(expiryText(now + 1, now)).toBe('ends in 1 min')
    expect(expiryText(now + 8 * hour - 2000, now)).toBe('ends in 8 h')
    expect(expiryText(now + 720 * hour, now)).toBe('ends in 30 days')
  })
  it('say when it was used', () => {
    expect(lastUsedText(undefined, 0)).toBe('not used yet')
    expect(lastUsedText(0, 1000)).toBe('used just now')
    expect(lastUsedText(0, 3 * hour)).toBe('used 3 h ago')
  })
  it('put the input of a change into a line', () => {
    expect(inputText({ deviceId: 'stage', x: 3, y: undefined })).toBe('deviceId stage, x 3')
    expect(inputText({ params: { quality: 5 } })).toBe('params {"quality":5}')
    expect([undefined, null, 7].map(inputText)).toEqual(['', '', '7'])
  })
})

describe('the path of a QR code', () => {
  it('covers runs of dark modules, row by row', () => {
    const path = modulesPath([
      [true, true, false],
      [false, false, true],
      [true, false, true],
    ])
    expect(path).toBe('M0 0h2v1h-2zM2 1h1v1h-1zM0 2h1v1h-1zM2 2h1v1h-1z')
  })
})
