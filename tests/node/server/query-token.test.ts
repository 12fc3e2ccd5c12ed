import { describe, expect, it } from 'vitest'
import { withoutToken } from '../../../src-main/server/session-cookie.ts'

describe('a token in a query', () => {
  it.each([
    ['/api/liveview/params?token=secret', '/api/liveview/params'],
    ['/api/liveview/params?protocol=jpeg&token=secret', '/api/liveview/params?protocol=jpeg'],
    ['/api/liveview/params?token=a&detectorName=x%20y&token=b', '/api/liveview/params?detectorName=x+y'],
    ['/api/devices', '/api/devices'],
  ])('is no input of the call: %s', (url, expected) => {
    expect(withoutToken(url)).toBe(expected)
  })
})
