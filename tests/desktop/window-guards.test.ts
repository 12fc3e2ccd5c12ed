import { expect, test, vi } from 'vitest'

vi.mock('electron', () => ({ shell: {} }))
const { guardPermissions, mayOpenOutside } = await import('../../src-main/desktop/window-guards.ts')

type Asker = Parameters<typeof guardPermissions>[0]
type Check = Parameters<Asker['setPermissionCheckHandler']>[0]
type Request = Parameters<Asker['setPermissionRequestHandler']>[0]
type Details = Parameters<Check>[3]

/** What the two handlers of a guarded session decide. */
function guarded() {
  let check: Check = () => true
  let request: Request = () => undefined
  guardPermissions({
    setPermissionCheckHandler: (handler) => {
      check = handler
    },
    setPermissionRequestHandler: (handler) => {
      request = handler
    },
  })
  return (permission: string, origin: string, details: Details = {}) => {
    const decided = [check(null, permission, origin, details)]
    request(null, permission, (allowed) => decided.push(allowed), {
      ...details,
      requestingUrl: `${origin}index.html`,
    })
    return decided
  }
}

test('pages may copy images and fill the screen, nothing else', () => {
  const decided = guarded()
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
  const allowed = names.filter((name) => decided(name, 'app://coverslip/').includes(true))
  expect(allowed).toEqual(['clipboard-sanitized-write', 'fullscreen'])
  for (const name of allowed) expect(decided(name, 'app://coverslip/')).toEqual([true, true])
})

test.each<[string, Details, boolean]>([
  ['app://coverslip/', { isDirectory: false }, true],
  ['app://coverslip/', { isDirectory: true }, false],
  ['app://coverslip/', {}, false],
  ['app://coverslip.example.com/', { isDirectory: false }, false],
  ['https://example.com/', { isDirectory: false }, false],
])('a page of %s may have the files %o: %s', (origin, details, allowed) => {
  expect(guarded()('fileSystem', origin, details)).toEqual([allowed, allowed])
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
