import { z } from 'zod'
import { fieldWithDefault } from './plan-parts.ts'

/** A property of a device to set before an image: device, property, value. */
export type PropertySetting = readonly [device: string, property: string, value: unknown]

const propertySchema = z.tuple([z.string().min(1), z.string().min(1), z.unknown()])
/** A list of them; absent: none. */
export const propertiesSchema = fieldWithDefault(z.array(propertySchema), [])
