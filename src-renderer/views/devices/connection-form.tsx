import { Button, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { optionsText, parseOptions } from './hardware-words.ts'
import styles from './page.module.css'

type ConnectionFormProps = {
  /** Accessible name. */
  readonly label: string
  readonly address: string
  /** What an address is for this driver. */
  readonly addressHint: string | undefined
  readonly options: Readonly<Record<string, unknown>>
  /** Word of the button. */
  readonly submit: string
  /** Beside the button. */
  readonly note?: string
  /** Something new is made of it. */
  readonly fresh?: boolean
  /** Fields above these. */
  readonly children?: ReactNode
  readonly onSubmit: (change: {
    address: string
    options: Record<string, unknown>
  }) => Promise<CallFailure | undefined>
}

/** Where hardware is, and what its driver takes besides. */
export function ConnectionForm(props: ConnectionFormProps) {
  const { label, addressHint, submit, note, fresh = false, children, onSubmit } = props
  const [address, setAddress] = useState(props.address)
  const [text, setText] = useState(() => optionsText(props.options))
  const [failure, setFailure] = useState<CallFailure>()
  const [busy, setBusy] = useState(false)
  const id = useId()
  const parsed = parseOptions(text)
  const differs = address.trim() !== props.address || text !== optionsText(props.options)
  const changed = fresh ? address.trim() !== '' : differs

  async function send() {
    if (!parsed.ok) return
    setBusy(true)
    setFailure(await onSubmit({ address: address.trim(), options: { ...parsed.options } }))
    setBusy(false)
  }
  function submitForm(event: FormEvent) {
    event.preventDefault()
    void send()
  }
  return (
    <form className={styles['form']} aria-label={label} onSubmit={submitForm}>
      {children}
      <label htmlFor={`${id}-address`}>Address</label>
      <TextInput
        id={`${id}-address`}
        description={addressHint}
        inputWrapperOrder={['input', 'description', 'error']}
        maxLength={1000}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <label htmlFor={`${id}-options`}>Options</label>
      <Textarea
        id={`${id}-options`}
        autosize
        minRows={2}
        maxRows={12}
        size="xs"
        spellCheck={false}
        description="What the driver takes besides, one a line: name = value. Usually none."
        inputWrapperOrder={['input', 'description', 'error']}
        value={text}
        error={parsed.ok ? undefined : parsed.message}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={`${styles['wide']} ${styles['actions']}`}>
        <Button
          type="submit"
          {...(fresh ? { color: 'live.4', autoContrast: true } : { variant: 'default' })}
          loading={busy}
          disabled={!changed || !parsed.ok}
        >
          {submit}
        </Button>
        {changed && note !== undefined && <span className={styles['dim']}>{note}</span>}
      </div>
      <div className={styles['wide']}>
        <FailureLine failure={failure} />
      </div>
    </form>
  )
}
