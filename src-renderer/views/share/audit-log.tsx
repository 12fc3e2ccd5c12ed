import { Button } from '@mantine/core'
import { readAudit } from '../../actions/share-actions.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import logStyles from './audit-log.module.css'
import { inputText } from './share-words.ts'
import styles from './share.module.css'
import { useAnswer } from '../../components/use-answer.ts'

/** Who changed what, newest first. */
export function AuditLog() {
  const { value: entries, failure, again } = useAnswer(readAudit)
  return (
    <section aria-label="Log">
      <div className={logStyles['head']}>
        <span className={styles['dim']}>The last changes and attempts.</span>
        <Button variant="default" size="compact-xs" onClick={again}>
          Read again
        </Button>
      </div>
      <FailureLine failure={failure} />
      {entries?.length === 0 && <p className={styles['none']}>Nobody has changed anything yet.</p>}
      <ol className={logStyles['log']}>
        {entries?.map((entry, index) => (
          <li key={`${entry.at} ${index}`} data-failed={entry.error !== undefined || undefined}>
            <time dateTime={new Date(entry.at).toISOString()}>{new Date(entry.at).toLocaleTimeString()}</time>
            <span className={logStyles['who']}>{entry.caller.label}</span>
            <span className={logStyles['what']}>
              {entry.action} <small>{inputText(entry.input)}</small>
              {entry.error !== undefined && <em>{entry.error}</em>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
