import { Button } from '@mantine/core'
import type { CallFailure } from '../backend/call-failure.ts'
import styles from './start-failure.module.css'

/** Shown instead of the application when it could not even reach its engine. */
export function StartFailure({ failure }: { readonly failure: CallFailure }) {
  return (
    <main className={styles['page']} role="alert">
      <h1>Coverslip could not start</h1>
      <p>{failure.message}</p>
      {failure.hint !== undefined && <p className={styles['hint']}>{failure.hint}</p>}
      <Button variant="default" onClick={() => window.location.reload()}>
        Try again
      </Button>
    </main>
  )
}
