/** What was kept: listing, opening, planes. */
import { z } from 'zod'
import { frameRecordSchema } from '../acquisition/frame-record.ts'
import {
  deletedItemSchema,
  galleryPageSchema,
  gallerySortSchema,
  openedImageSchema,
  planeIndexSchema,
  refusedItemSchema,
  sectionCutSchema,
  zProjectionSchema,
} from '../gallery.ts'
import { call, freeCall, own, view } from './call-kinds.ts'

const tags = ['Gallery']
const id = z.string().min(1).max(1000).describe('Path below the data folder, as the gallery lists it')
const keys = z.array(z.string().min(1).max(300)).min(1).max(500).describe('As `deleted` lists them')
const refused = z.array(refusedItemSchema)
const dataset = z.string().max(300).describe('Name of one of its datasets')

export const galleryCalls = {
  list: view
    .route({
      method: 'POST',
      path: '/gallery/list',
      summary: 'What was kept, newest first unless asked otherwise',
      tags,
    })
    .input(
      z
        .strictObject({
          /** Words, all of which must be in name, camera, channel, position or any metadata. */
          search: z.string().max(500).default(''),
          /** `name`: numbers in it count as such; `size`: the largest first. */
          sort: gallerySortSchema.default('newest'),
          offset: z.number().int().nonnegative().default(0),
          limit: z.number().int().min(1).max(500).default(100),
        })
        .prefault({}),
    )
    .output(galleryPageSchema),
  open: view
    .route({ method: 'POST', path: '/gallery/open', summary: 'What an item holds', tags })
    .input(z.strictObject({ id }))
    .output(openedImageSchema),
  /**
   * The answer is a packet as of the live view (UC2F; `src-shared/frames/frame-packet.ts`), compressed by LZ4; images of
   * 16 bits in one channel are delta-shuffled first (wherever `filterLag` gives a lag). Signed, 32-bit and floating-point
   * samples come as real numbers (`GRAY32F`). UNKNOWN_IMAGE: the plane is not there, as it was skipped, lost, or is still
   * to come.
   */
  plane: view
    .route({
      method: 'POST',
      path: '/gallery/plane',
      summary: 'One plane at full bit depth, as a UC2F packet',
      tags,
    })
    .input(
      z.strictObject({
        id,
        dataset,
        index: planeIndexSchema.default({}),
        /** Of the smaller copies; 0: the whole. */
        level: z.number().int().min(0).max(20).default(0),
        /** The whole stack instead of the plane at `index.z`: of each pixel its largest value. */
        zProjection: zProjectionSchema.optional(),
      }),
    )
    .output(z.instanceof(Blob)),
  /**
   * As `plane`, with a row for each plane of the stack, from `z.from` on: its row `at` (`xz`), or its column `at` lying down
   * (`yz`). Planes that are not there are 0, or NaN of real numbers; colour mosaics become grey. A stack is asked for in
   * parts, so that it can be shown as it comes, and given up.
   */
  section: view
    .route({
      method: 'POST',
      path: '/gallery/section',
      summary: 'A part of a cut across a stack, as a UC2F packet',
      tags,
    })
    .input(
      z.strictObject({
        id,
        dataset,
        /** Without `z`. */
        index: planeIndexSchema.default({}),
        level: z.number().int().min(0).max(20).default(0),
        cut: sectionCutSchema,
        /** Row or column, pixels of the level. */
        at: z.number().int().min(0).max(65_534),
        z: z.strictObject({
          from: z.number().int().min(0).max(1e9),
          count: z.number().int().min(1).max(256),
        }),
      }),
    )
    .output(z.instanceof(Blob)),
  frames: view
    .route({ method: 'POST', path: '/gallery/frames', summary: 'What is known of each frame', tags })
    .input(
      z.strictObject({
        id,
        dataset,
        /** Only what is known of this plane; `offset` and `limit` count within that. */
        index: planeIndexSchema.optional(),
        offset: z.number().int().nonnegative().default(0),
        limit: z.number().int().min(1).max(10_000).default(1000),
      }),
    )
    .output(z.object({ records: z.array(frameRecordSchema), total: z.number().int().nonnegative() })),
  thumbnail: view
    .route({ method: 'POST', path: '/gallery/thumbnail', summary: 'A small picture of an item (PNG)', tags })
    .input(z.strictObject({ id, maxSize: z.number().int().min(16).max(1024).default(256) }))
    .output(z.instanceof(Blob)),
  reveal: freeCall
    .route({
      method: 'POST',
      path: '/gallery/reveal',
      summary: 'Show an item in the file manager of the computer at the microscope (desktop app only)',
      tags,
    })
    .input(z.strictObject({ id })),
  /** ACQUISITION_RUNNING, in `refused`: it is being written. INVALID_INPUT: it is part of another item. */
  delete: call
    .route({
      method: 'POST',
      path: '/gallery/delete',
      summary: 'Take items out of the gallery; they can be put back for a week',
      tags,
    })
    .input(z.strictObject({ ids: z.array(id).min(1).max(500) }))
    .output(z.object({ deleted: z.array(deletedItemSchema), refused })),
  /**
   * Its file or folder is renamed; names within it stay. INVALID_INPUT: it is no name, part of another item, or its OME-XML
   * names files. ACQUISITION_RUNNING: it is being written. DATA_FOLDER: there is another of that name.
   */
  rename: call
    .route({
      method: 'POST',
      path: '/gallery/rename',
      summary: 'Give an item another name; its ending stays',
      tags,
    })
    .input(
      z.strictObject({
        id,
        name: z.string().trim().min(1).max(200).describe('What is no letter or digit becomes _'),
      }),
    )
    .output(z.object({ id: z.string().describe('Id of the item from now on'), name: z.string() })),
  deleted: freeCall
    .route({
      method: 'GET',
      path: '/gallery/deleted',
      summary: 'What was deleted and can be put back, newest first',
      tags,
    })
    .output(z.array(deletedItemSchema)),
  restore: call
    .route({ method: 'POST', path: '/gallery/restore', summary: 'Put deleted items back', tags })
    .input(z.strictObject({ keys }))
    .output(z.object({ restored: z.array(z.string().describe('Id of the item')), refused })),
  removeDeleted: own
    .route({
      method: 'POST',
      path: '/gallery/remove-deleted',
      summary: 'Remove deleted items for good, which frees their room on the disk',
      tags,
    })
    .input(z.strictObject({ keys }))
    .output(z.object({ removed: z.number().int().nonnegative(), refused })),
}
