import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { CallFailure } from '../backend/call-failure.ts'
import { presentToken, secretOf } from '../backend/join.ts'
import logo from '../icon.svg'
import styles from './start-failure.module.css'

type JoinPageProps = {
  readonly title: string
  /** Why the link, or the session, was not accepted. */
  readonly failure: Pick<CallFailure, 'message' | 'hint'> | undefined
}

/** Shown instead of the application to who has no access: says why, and takes a link. */
export function JoinPage({ title, failure }: JoinPageProps) {
  const [text, setText] = useState('')
  const [refusal, setRefusal] = useState<Pick<CallFailure, 'message' | 'hint'>>()
  const [busy, setBusy] = useState(false)
  const shown = refusal ?? failure

  async function join() {
    const secret = secretOf(text)
    if (secret === undefined) {
      setRefusal({ message: 'This is neither a link nor an access code.', hint: 'Paste the whole link.' })
      return
    }
    setBusy(true)
    const refused = await presentToken(window.location.origin, secret)
    if (refused === undefined) return window.location.reload()
    setBusy(false)
    setRefusal(refused)
  }
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    void join()
  }
  return (
    <main className={styles['page']}>
      <img src={logo} width={40} height={40} alt="" />
      <h1>{title}</h1>
      {shown !== undefined && (
        <div role="alert">
          <p>{shown.message}</p>
          {shown.hint !== undefined && <p className={styles['hint']}>{shown.hint}</p>}
        </div>
      )}
      <p className={styles['hint']}>
        Paste the link that you were given, or scan its code. Whoever sits at the microscope makes one under
        Share.
      </p>
      <form className={styles['form']} onSubmit={onSubmit}>
        <TextInput
          size="md"
          aria-label="Link or access code"
          placeholder="Link or access code"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setRefusal(undefined)
          }}
        />
        <Button type="submit" size="md" loading={busy} disabled={text.trim() === ''}>
          Open
        </Button>
      </form>
    </main>
  )
}
