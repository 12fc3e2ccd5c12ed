/** Errors that nobody caught: into the log file, and in front of the user. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog } from 'electron'
import type { AlertSink } from '../../src-shared/alerts.ts'

const largestLog = 1_000_000
/** The same error again within this time is logged, but not shown again. */
const repeatMs = 60_000

/**
 * Catches what is left of errors in the main process. They are shown as alerts once the engine is there (`alerts`
 * gives them a place), before that in a dialog.
 */
export function catchUnexpectedErrors(): { showIn(alerts: AlertSink): void } {
  const file = openLog()
  const shown = new Map<string, number>()
  let sink: AlertSink | undefined
  const handle = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    console.error(error)
    log(file, text)
    const message = error instanceof Error ? error.message : String(error)
    const lastMs = shown.get(message)
    shown.set(message, performance.now())
    if (lastMs !== undefined && performance.now() - lastMs < repeatMs) return
    if (sink === undefined)
      dialog.showErrorBox('Coverslip: unexpected error', `${message}\n\nDetails: ${file}`)
    else
      sink.raise({
        id: `unexpected:${message}`,
        severity: 'error',
        source: 'Coverslip',
        message: `Unexpected error: ${message}`,
        hint: `Details: ${file}`,
      })
  }
  process.on('uncaughtException', handle)
  process.on('unhandledRejection', handle)
  return {
    showIn: (alerts) => {
      sink = alerts
    },
  }
}

function openLog(): string {
  const folder = app.getPath('logs')
  const file = join(folder, 'coverslip.log')
  try {
    mkdirSync(folder, { recursive: true })
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(file, `${file}.old`)
  } catch (error) {
    console.error(`No log file can be kept in ${folder}:`, error)
  }
  return file
}

function log(file: string, text: string): void {
  try {
    appendFileSync(file, `${new Date().toISOString()} ${text}\n`)
  } catch (error) {
    console.error(`Cannot write to ${file}:`, error)
  }
}
