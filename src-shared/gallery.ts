/** What was kept, as the gallery lists it and the viewer opens it. */
import { z } from 'zod'
import { planRequestSchema } from './acquisition/acquisition-requests.ts'
import { finishReasonSchema } from './acquisition/acquisition-status.ts'
import { serializedErrorSchema } from './errors.ts'
import { planeFormatSchema, realSampleTypeSchema } from './frames/plane-format.ts'

/** `image`: a single one (TIFF, PNG, JPEG). `foreign`: a dataset that another program left there. */
export const galleryKindSchema = z.enum(['recording', 'plan', 'image', 'foreign'])
export type GalleryKind = z.infer<typeof galleryKindSchema>

/** One thing that the gallery lists. */
export const galleryItemSchema = z.object({
  /** Path below the data folder, with `/`: the folder of an acquisition, or a file. */
  id: z.string(),
  name: z.string(),
  /** It is a folder: an acquisition or an OME-Zarr; otherwise one file. */
  folder: z.boolean(),
  kind: galleryKindSchema,
  /** As users name it: `OME-TIFF`, `OME-Zarr`, `raw`, `MKV`, `PNG` … */
  format: z.string(),
  /** Unix time, ms. */
  startedAt: z.number(),
  /** Of all its files; absent: not counted yet. */
  bytes: z.number().nonnegative().optional(),
  frames: z.number().int().nonnegative().optional(),
  cameras: z.array(z.string()),
  /** Absent: it is under way, or does not say. */
  finish: finishReasonSchema.optional(),
  /** Of an acquisition: why its `acquisition.json` cannot be read, and what can be done. */
  damaged: z.string().optional(),
  /** What a search found it by, besides its name. */
  found: z.string().optional(),
})
export type GalleryItem = z.infer<typeof galleryItemSchema>

/** `size`: the largest first. */
export const gallerySortSchema = z.enum(['newest', 'oldest', 'name', 'size'])
export type GallerySort = z.infer<typeof gallerySortSchema>

/** A part of the list. */
export const galleryPageSchema = z.object({
  items: z.array(galleryItemSchema),
  /** Of all that fit the search. */
  total: z.number().int().nonnegative(),
  /** False: not everything has been searched, or counted, yet; the same list is better a few seconds later. Absent: true. */
  complete: z.boolean().optional(),
  /** Where they are on the disk; absent: who asks does not sit at the microscope's computer. */
  folder: z.string().optional(),
})
export type GalleryPage = z.infer<typeof galleryPageSchema>

/** What was taken out of the gallery, and can be put back until it is removed for good. */
export const deletedItemSchema = z.object({
  key: z.string(),
  /** Where it was. */
  id: z.string(),
  name: z.string(),
  /** Absent: not counted. */
  bytes: z.number().nonnegative().optional(),
  /** Unix time, ms. */
  deletedAt: z.number(),
  /** When it is removed for good, Unix time, ms. */
  keptUntil: z.number(),
})
export type DeletedItem = z.infer<typeof deletedItemSchema>

/** Why something was not done with an item of several. */
export const refusedItemSchema = z.object({
  /** As it was asked for. */
  id: z.string(),
  error: serializedErrorSchema,
})
export type RefusedItem = z.infer<typeof refusedItemSchema>

/** Axes that the viewer has sliders for, besides y and x. */
export const imageAxisSchema = z.enum(['t', 'p', 'c', 'z'])
export type ImageAxis = z.infer<typeof imageAxisSchema>

/** Which plane of a dataset: a number for each axis, from 0; absent: 0. */
export const planeIndexSchema = z.partialRecord(imageAxisSchema, z.number().int().nonnegative())
export type PlaneIndex = z.infer<typeof planeIndexSchema>

/** A stack as one plane: of each pixel its largest value over all planes that are there. */
export const zProjectionSchema = z.enum(['max'])
export type ZProjection = z.infer<typeof zProjectionSchema>

/** Across the planes of a stack: along x at one y, or along y at one x. */
export const sectionCutSchema = z.enum(['xz', 'yz'])
export type SectionCut = z.infer<typeof sectionCutSchema>

/** A channel as the viewer shows it. */
export const imageChannelSchema = z.object({
  name: z.string(),
  /** CSS colour `#rrggbb`. */
  color: z.string().optional(),
  /** ADU, as the file suggests. */
  windowLow: z.number().optional(),
  windowHigh: z.number().optional(),
})

/** One dataset of an item: one camera's images, or the images of a file. */
export const imageDatasetSchema = z.object({
  /** Within the item. */
  name: z.string(),
  camera: z.string().optional(),
  format: z.string(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** Of its planes. */
  pixelFormat: planeFormatSchema,
  /** The largest value is 2^significantBits - 1. Absent: real numbers (`Float32`), which have none. */
  significantBits: z.number().int().min(1).max(16).optional(),
  /** Of real numbers: what the file has. */
  sampleType: realSampleTypeSchema.optional(),
  pixelSizeUm: z.number().positive().optional(),
  zStepUm: z.number().positive().optional(),
  /** Where even. */
  timeStepS: z.number().nonnegative().optional(),
  /** Lengths; an axis that is absent has one plane. */
  sizes: z.partialRecord(imageAxisSchema, z.number().int().positive()),
  channels: z.array(imageChannelSchema),
  positions: z.array(z.string()),
  /** Smaller copies, the first is the whole: width of each. */
  levels: z.array(z.object({ width: z.number().int().positive(), height: z.number().int().positive() })),
  /** Planes that are there: fewer than the sizes say when it was cut off or frames were skipped. */
  planes: z.number().int().nonnegative(),
  /** Time points of which nothing is still to come, where that is not so of all that have begun. */
  wholeTimes: z.number().int().nonnegative().optional(),
})
export type ImageDataset = z.infer<typeof imageDatasetSchema>

/** An item with all that is in it, but for the pixels. */
export const openedImageSchema = z.object({
  item: galleryItemSchema,
  datasets: z.array(imageDatasetSchema),
  /** Everything known of the whole, as JSON data: request, software, device settings, what the file says of itself. */
  metadata: z.record(z.string(), z.unknown()),
  /** The plan it was made by (MDASequence), to repeat it. */
  plan: z.record(z.string(), z.unknown()).optional(),
  /** How that plan was run and kept: name, cameras, format and what was to happen when hardware fails. */
  run: planRequestSchema.omit({ plan: true }).optional(),
  /** Frames that are missing, for people: `12 frames of Camera 1 were lost`. */
  remarks: z.array(z.string()),
})
export type OpenedImage = z.infer<typeof openedImageSchema>
