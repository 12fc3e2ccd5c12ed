import { expect, test, vi } from 'vitest'

vi.mock('electron', () => ({ shell: {} }))
const { guardPermissions, mayOpenOutside } = await import('../../src-main/desktop/window-guards.ts')

test('pages may copy images and fill the screen, nothing else', () => {
  const asked = new Map<string, boolean>()
  let check: (contents: unknown, permission: string) => boolean = () => true
  let request: (contents: unknown, permission: string, decide: (allowed: boolean) => void) => void = () =>
    undefined
  guardPermissions({
    setPermissionCheckHandler: (handler: typeof check) => {
      check = handler
    },
    setPermissionRequestHandler: (handler: typeof request) => {
      request = handler
    },
  })
  const names = [
    'clipboard-sanitized-write',
    'fullscreen',
    'media',
    'geolocation',
    'hid',
    'serial',
    'usb',
    'clipboard-read',
    'openExternal',
  ]
  for (const name of names) request(null, name, (allowed) => asked.set(name, allowed))
  expect(names.filter((name) => asked.get(name))).toEqual(['clipboard-sanitized-write', 'fullscreen'])
  expect(names.filter((name) => check(null, name))).toEqual(['clipboard-sanitized-write', 'fullscreen'])
})

test.each([
  ['https://github.com/some/where', true],
  ['http://github.com/', false],
  ['https://github.com.example.com/', false],
  ['https://user@example.com/github.com', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['not a url', false],
])('%s is opened outside: %s', (url, allowed) => {
  expect(mayOpenOutside(url)).toBe(allowed)
})
