/** What ImSwitch's clients are told of moves that fail when nobody waits for them. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

let host: TestServer
beforeEach(async () => {
  host = await startTestServer({ config: { connections: [testConnection({ fault: 'stage-sticks' })] } })
})
afterEach(() => host.close())

const alerts = () => host.engine.alerts.list().map(({ id, message }) => `${id} ${message}`)
async function ask(query: string): Promise<number> {
  const response = await fetch(`${host.url}/imswitch/api/PositionerController/${query}`)
  await response.arrayBuffer()
  return response.status
}

test('a fault of the stage is shown until it moves again', async () => {
  expect(await ask('movePositioner?axis=x&dist=60&isBlocking=false')).toBe(200)
  await eventually('the alert', () => alerts().length > 0)
  expect(alerts()).toEqual([expect.stringMatching(/^move:test-stage A move failed: .*The motor stalls/)])
  expect(await ask('movePositioner?axis=x&dist=5&isBlocking=true')).toBe(200)
  expect(alerts()).toEqual([])
})

test('continuous motion tells of faults, not of the end of the travel', async () => {
  await ask('movePositionerForever?axis=x&speed=-400')
  await eventually(
    'the end of the travel',
    () => (host.engine.devices.device('test-stage').position?.x ?? 0) < -50,
  )
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(alerts()).toEqual([])
  await ask('movePositionerForever?axis=x&speed=400')
  await eventually('the alert', () => alerts().length > 0)
  expect(alerts()).toEqual([expect.stringMatching(/^move:test-stage .*The motor stalls/)])
  await ask('movePositionerForever?axis=x&speed=-10')
  await eventually('that it moves again', () => alerts().length === 0)
})
