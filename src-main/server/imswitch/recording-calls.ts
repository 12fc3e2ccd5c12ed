/** ImSwitch's RecordingController: snaps and recordings. */
import { z } from 'zod'
import type { SnapFormat } from '../../../src-shared/capture.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { previewPng } from '../../acquisition/preview.ts'
import { takeFrame } from '../../acquisition/take-frame.ts'
import { change, look } from '../server-context.ts'
import { call, type Controller, inQuery } from './imswitch-call.ts'
import { recordingStatus, startRecording, stopRecording } from './recordings.ts'
import type { SnapWish } from './snap-jobs.ts'

/** ImSwitch's numbers of the formats that a single image can have. */
const formats: Readonly<Record<number, SnapFormat>> = { 1: 'tiff', 5: 'png', 6: 'jpeg' }

const snapQuery = z.object({
  fileName: inQuery.text.optional(),
  saveFormat: inQuery.number.default(1),
  returnPreview: inQuery.flag.optional(),
  previewMaxSize: inQuery.number.pipe(z.number().int().min(16).max(4096)).default(1024),
})

function wishOf(query: z.output<typeof snapQuery>, previewByDefault: boolean): SnapWish {
  const format = formats[query.saveFormat]
  if (format === undefined) {
    throw new CoverslipError('INVALID_INPUT', `saveFormat ${query.saveFormat} cannot hold a single image`, {
      hint: 'Choose 1 (TIFF), 5 (PNG) or 6 (JPEG).',
    })
  }
  const wantsPreview = query.returnPreview ?? previewByDefault
  return { fileName: query.fileName, format, previewMaxSize: wantsPreview ? query.previewMaxSize : undefined }
}

const jobQuery = z.object({ jobId: inQuery.name })

/** Calls of RecordingController. */
export const recordingController: Controller = {
  name: 'RecordingController',
  calls: {
    startSnap: call({
      needed: change,
      query: snapQuery,
      run: ({ state, query }) => state.snaps.start(wishOf(query, true)),
    }),
    getSnapStatus: call({
      needed: look,
      query: jobQuery,
      run: ({ state, query }) => state.snaps.state(query.jobId),
    }),
    cancelSnap: call({
      needed: change,
      query: jobQuery,
      run: ({ state, query }) => state.snaps.cancel(query.jobId),
    }),
    snapImageToPath: call({
      needed: change,
      query: snapQuery,
      run: ({ state, query }) => state.snaps.now(wishOf(query, false)),
    }),
    snapNumpyToFastAPI: call({
      needed: change,
      query: z.object({
        detectorName: inQuery.name,
        resizeFactor: inQuery.number.pipe(z.number().positive().max(1)).default(1),
      }),
      run: async ({ context, reply, query: { detectorName, resizeFactor } }) => {
        const frame = await takeFrame(context.engine.devices, { detectorName })
        const longest = Math.max(frame.info.width, frame.info.height)
        const { png } = await previewPng(frame, { maxSize: Math.max(1, Math.round(longest * resizeFactor)) })
        return reply.type('image/png').send(png)
      },
    }),
    startRecording: call({
      needed: change,
      query: z.object({
        mSaveFormat: inQuery.number.default(1).catch(1),
        fileName: inQuery.text.optional(),
      }),
      run: ({ context, query: { mSaveFormat, fileName } }) =>
        startRecording(context.engine, { saveFormat: mSaveFormat, fileName }),
    }),
    stopRecording: call({ needed: change, run: ({ context }) => stopRecording(context.engine) }),
    isRecording: call({
      needed: look,
      run: ({ context }) => recordingStatus(context.engine).is_recording,
    }),
    getRecordingDuration: call({
      needed: look,
      run: ({ context }) => recordingStatus(context.engine).duration_seconds,
    }),
    getRecordingFrameCount: call({
      needed: look,
      run: ({ context }) => recordingStatus(context.engine).frame_count,
    }),
    getRecordingStatus: call({ needed: look, run: ({ context }) => recordingStatus(context.engine) }),
  },
}
