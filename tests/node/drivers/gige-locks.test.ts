/** Which properties of a GigE camera are told as locked by its acquisitions. */
import { expect, test } from 'vitest'
import { loadNodeMap } from '../../../drivers/gige-vision/genicam/load-node-map.ts'
import { CameraProperties } from '../../../drivers/gige-vision/properties/camera-properties.ts'
import { descriptionXml, registerXml } from '../../fixtures/genicam/description-xml.ts'
import { RegisterMemory } from '../../fixtures/genicam/register-memory.ts'

/** Width is locked by acquisitions, and has no room then; the exposure time by automatic exposure and the gain by both. */
const nodes = `
  ${registerXml('IntReg', 'WidthReg', { address: 0, length: 4 })}
  ${registerXml('IntReg', 'TimeReg', { address: 4, length: 4 })}
  ${registerXml('IntReg', 'GainReg', { address: 8, length: 4 })}
  <Integer Name="TLParamsLocked"><Value>0</Value><Min>0</Min><Max>1</Max></Integer>
  <Integer Name="Auto"><Value>0</Value></Integer>
  <IntSwissKnife Name="Room"><pVariable Name="L">TLParamsLocked</pVariable><Formula>L ? 0 : 512</Formula></IntSwissKnife>
  <IntSwissKnife Name="Any"><pVariable Name="L">TLParamsLocked</pVariable><pVariable Name="A">Auto</pVariable>
    <Formula>L + A</Formula></IntSwissKnife>
  <Integer Name="Width"><pIsLocked>TLParamsLocked</pIsLocked><pValue>WidthReg</pValue><Min>0</Min><pMax>Room</pMax></Integer>
  <Integer Name="ExposureTimeRaw"><pIsLocked>Auto</pIsLocked><pValue>TimeReg</pValue></Integer>
  <Integer Name="GainRaw"><pIsLocked>Any</pIsLocked><pValue>GainReg</pValue></Integer>`

async function load() {
  const names = ['Width', 'ExposureTimeRaw', 'GainRaw', 'Auto', 'TLParamsLocked']
  const nodeMap = loadNodeMap(descriptionXml(nodes, names), { Device: new RegisterMemory() })
  expect(nodeMap.faults).toEqual([])
  const properties = await CameraProperties.load({ nodeMap, deviceName: 'Camera' })
  const access = (name: string) => {
    const property = properties.list().find((candidate) => candidate.name === name)
    if (property?.readOnly === true) return 'read-only'
    return property?.lockedWhileAcquiring === true ? 'locked' : 'free'
  }
  const lock = async (locked: 0 | 1) => {
    await nodeMap.set('TLParamsLocked', locked)
    await properties.refreshed()
  }
  const start = async () => {
    properties.acquisitionBegins()
    await lock(1)
    properties.acquisitionBegun()
  }
  const stop = async () => {
    await lock(0)
    properties.acquisitionEnded()
  }
  return { properties, access, start, stop }
}

test('what the start of an acquisition makes read-only can be set with the limits from before', async () => {
  const { properties, access, start, stop } = await load()
  await properties.set('roiWidth', 256)
  await start()
  expect(properties.list().find(({ name }) => name === 'roiWidth')).toMatchObject({
    readOnly: false,
    lockedWhileAcquiring: true,
    value: 256,
    max: 512,
  })
  expect(['exposureMs', 'gain'].map(access)).toEqual(['free', 'locked'])
  await expect(properties.set('gain', 3)).rejects.toMatchObject({ code: 'PROPERTY_READ_ONLY' })
  await properties.set('gain', 0)
  await stop()
  // Still told, as the next acquisition will lock it again.
  expect(access('gain')).toBe('locked')
  await properties.set('gain', 3)
})

test('what another setting locks is read-only', async () => {
  const { properties, access, start, stop } = await load()
  await start()
  await properties.set('Auto', 1)
  expect(['exposureMs', 'gain'].map(access)).toEqual(['read-only', 'locked'])
  await stop()
  expect(['exposureMs', 'gain'].map(access)).toEqual(['read-only', 'read-only'])
  await start()
  expect(['exposureMs', 'gain'].map(access)).toEqual(['read-only', 'read-only'])
  await properties.set('Auto', 0)
  expect(['exposureMs', 'gain'].map(access)).toEqual(['free', 'read-only'])
})
