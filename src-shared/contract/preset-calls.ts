/** Named settings of several devices: channels, above all. */
import { z } from 'zod'
import { knownPresetSchema, newPresetSchema } from '../devices.ts'
import { call, view } from './call-kinds.ts'

const tags = ['Presets']
const presetName = z.string().trim().min(1).max(100)
const whichOne = { group: z.string().min(1).max(200), name: z.string().min(1).max(200) }

export const presetCalls = {
  list: view
    .route({ method: 'GET', path: '/presets', summary: 'Channels and other named settings', tags })
    .output(z.array(knownPresetSchema)),
  apply: call
    .route({ method: 'POST', path: '/presets/apply', summary: 'Apply a preset to its devices', tags })
    .input(z.strictObject(whichOne)),
  save: call
    .route({
      method: 'POST',
      path: '/presets/save',
      summary:
        'Keep settings as a preset, e.g. a channel; one of the same name, also of the hardware, only with `replace`',
      tags,
    })
    .input(z.strictObject({ ...newPresetSchema.shape, replace: z.boolean().default(false) }))
    .output(knownPresetSchema),
  rename: call
    .route({ method: 'POST', path: '/presets/rename', summary: 'Give a kept preset another name', tags })
    .input(z.strictObject({ ...whichOne, newName: presetName }))
    .output(knownPresetSchema),
  remove: call
    .route({
      method: 'POST',
      path: '/presets/remove',
      summary: 'Forget a kept preset; one of the hardware that it had replaced is there again',
      tags,
    })
    .input(z.strictObject(whichOne)),
}
