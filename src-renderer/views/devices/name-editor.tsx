import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useEngine } from '../../services.ts'
import { whyNotOwn } from '../../stores/permission.ts'
import styles from './name-editor.module.css'

type NameEditorProps = {
  readonly name: string
  /** What is named: `camera`. */
  readonly what: string
  /** Undefined: the name that it has by itself. Tells why the name was refused. */
  readonly onRename: (name: string | undefined) => Promise<CallFailure | undefined>
}

/** A name as heading, which the owner may change. */
export function NameEditor({ name, what, onRename }: NameEditorProps) {
  const refusal = useEngine((state) => whyNotOwn(state)?.reason)
  const [editing, setEditing] = useState(false)
  if (editing && refusal === undefined) {
    return <NameForm name={name} what={what} onRename={onRename} onDone={() => setEditing(false)} />
  }
  return (
    <div className={styles['name']}>
      <h2>{name}</h2>
      {refusal === undefined && (
        <Tooltip label={`Rename this ${what}`}>
          <ActionIcon aria-label={`Rename ${name}`} onClick={() => setEditing(true)}>
            <IconPencil size={15} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  )
}

function NameForm({ name, what, onRename, onDone }: NameEditorProps & { readonly onDone: () => void }) {
  const [text, setText] = useState(name)
  const [failure, setFailure] = useState<CallFailure>()
  async function rename() {
    const wanted = text.trim()
    const refused = wanted === name ? undefined : await onRename(wanted === '' ? undefined : wanted)
    if (refused === undefined) onDone()
    else setFailure(refused)
  }
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    void rename()
  }
  return (
    <form className={styles['form']} onSubmit={onSubmit} aria-label={`Rename ${name}`}>
      <TextInput
        aria-label={`Name of this ${what}`}
        description="Empty: its own name"
        inputWrapperOrder={['input', 'description']}
        maxLength={100}
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone()
        }}
      />
      <Button type="submit" variant="default">
        Rename
      </Button>
      <Button variant="subtle" color="gray" onClick={onDone}>
        Cancel
      </Button>
      <FailureLine failure={failure} />
    </form>
  )
}
