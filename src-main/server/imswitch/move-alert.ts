import type { AlertSink } from '../../../src-shared/alerts.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'

type Stage = { readonly id: string; readonly name: string }

const alertId = ({ id }: Pick<Stage, 'id'>): string => `move:${id}`

/** Says that a move failed of which nobody waits for the end. */
export function raiseMoveAlert(alerts: AlertSink, stage: Stage, error: unknown): void {
  const { message, hint } = CoverslipError.from(error)
  alerts.raise({
    id: alertId(stage),
    severity: 'warning',
    source: stage.name,
    message: `A move failed: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The stage moves again. */
export function clearMoveAlert(alerts: AlertSink, stage: Pick<Stage, 'id'>): void {
  alerts.clear(alertId(stage))
}
