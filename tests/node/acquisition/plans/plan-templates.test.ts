import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PlanTemplates } from '../../../../src-main/acquisition/plans/plan-templates.ts'
import { temporaryFolder } from '../../../fixtures/image-fixtures.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

const plan = { channels: ['DAPI'] }
const fresh = { replace: false }

describe('PlanTemplates', () => {
  it('keeps plans by name, as files of useq-schema', async () => {
    const templates = new PlanTemplates(join(folder.path, 'keeps'))
    expect(await templates.list()).toEqual([])
    await templates.save('Zebrafish, überall', plan, fresh).catch(() => undefined)
    await templates.save('Zebrafish 3 channels', plan, fresh)
    await templates.save('überall', { ...plan, z_plan: { range: 2, step: 1 } }, fresh)
    expect((await templates.list()).map(({ name }) => name)).toEqual(['überall', 'Zebrafish 3 channels'])
    expect((await templates.get('überall')).plan).toMatchObject({ z_plan: { range: 2, step: 1 } })
    const file: unknown = JSON.parse(
      await readFile(join(folder.path, 'keeps', 'plans', 'Zebrafish 3 channels.json'), 'utf8'),
    )
    expect(file).toMatchObject({ channels: [{ config: 'DAPI' }], axis_order: 'tpgcz' })
    await templates.remove('überall')
    expect(await readdir(join(folder.path, 'keeps', 'plans'))).toEqual(['Zebrafish 3 channels.json'])
  })

  it('replaces only when told to, also when two save at once', async () => {
    const templates = new PlanTemplates(join(folder.path, 'twice'))
    const both = await Promise.allSettled([
      templates.save('A', plan, fresh),
      templates.save('A', plan, fresh),
    ])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(templates.save('A', plan, fresh)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'There is a plan "A" already',
    })
    await templates.save('A', { channels: ['GFP'] }, { replace: true })
    expect((await templates.get('A')).plan).toMatchObject({ channels: [{ config: 'GFP' }] })
  })

  it.each(['../A', 'a/b', 'a\\b', '.hidden', 'con', 'A ', ' A', 'a:b', 'A.', '\u0000', '..'])(
    'takes %j for no name',
    async (name) => {
      const templates = new PlanTemplates(join(folder.path, 'names'))
      await expect(templates.save(name, plan, fresh)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await expect(templates.get(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await expect(templates.remove(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    },
  )

  it('refuses what is no plan, and says what is wrong with files of others', async () => {
    const data = join(folder.path, 'foreign')
    const templates = new PlanTemplates(data)
    await expect(templates.save('A', { z_plan: { range: 1, step: 0 } }, fresh)).rejects.toMatchObject({
      message: expect.stringContaining('z_plan.step'),
    })
    expect(await templates.list()).toEqual([])
    await mkdir(join(data, 'plans'), { recursive: true })
    await writeFile(join(data, 'plans', 'broken.json'), '{')
    await writeFile(join(data, 'plans', 'notes.txt'), 'hello')
    expect((await templates.list()).map(({ name }) => name)).toEqual(['broken'])
    await expect(templates.get('broken')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(templates.get('gone')).rejects.toMatchObject({ code: 'UNKNOWN_ACQUISITION' })
    await expect(templates.remove('gone')).rejects.toMatchObject({ code: 'UNKNOWN_ACQUISITION' })
  })

  it('needs a data folder to keep anything', async () => {
    const templates = new PlanTemplates(undefined)
    expect(await templates.list()).toEqual([])
    await expect(async () => templates.save('A', plan, fresh)).rejects.toMatchObject({ code: 'DATA_FOLDER' })
  })
})
