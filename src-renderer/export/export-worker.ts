/** Worker of one export: drawing and encoding, away from the page's own thread. */
import '../zod-without-eval.ts'
import type { ExportReport, ExportRequest } from './export-messages.ts'
import { ExportSession } from './export-session.ts'

const session = new ExportSession((report: ExportReport) => self.postMessage(report))

self.addEventListener('message', ({ data }: MessageEvent<ExportRequest>) => void session.handle(data))
