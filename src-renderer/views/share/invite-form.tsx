import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { CreatedToken, NewToken } from '../../../src-shared/access.ts'
import { createToken } from '../../actions/share-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { Choice } from '../../components/choice.tsx'
import { FailureLine } from '../../components/failure-line.tsx'
import { useServices } from '../../services.ts'
import styles from './share.module.css'

const roles: readonly { value: NewToken['role']; label: string }[] = [
  { value: 'viewer', label: 'Viewer' },
  { value: 'operator', label: 'Operator' },
]

/** Hours; `never` is until it is revoked. */
const expiries = [
  { value: '1', label: '1 hour' },
  { value: '8', label: '8 hours' },
  { value: '720', label: '30 days' },
  { value: 'never', label: 'Never' },
]

/** Makes a link for somebody: what for, how long. */
export function InviteForm({ onCreated }: { readonly onCreated: (token: CreatedToken) => void }) {
  const services = useServices()
  const [label, setLabel] = useState('')
  const [role, setRole] = useState<NewToken['role']>('viewer')
  const [expiry, setExpiry] = useState('8')
  const [failure, setFailure] = useState<CallFailure>()
  const [busy, setBusy] = useState(false)

  async function create() {
    setBusy(true)
    const hours = expiry === 'never' ? {} : { expiresInHours: Number(expiry) }
    const result = await createToken(services, { label: label.trim(), role, ...hours })
    setBusy(false)
    if (result.ok) return onCreated(result.value)
    setFailure(result.failure)
  }
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    setFailure(undefined)
    void create()
  }
  return (
    <form className={styles['invite']} onSubmit={onSubmit} aria-label="Invite">
      <label className={styles['field']}>
        <span>For whom</span>
        <TextInput
          placeholder="Anna, or Cell biology class"
          maxLength={80}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
      </label>
      <div className={styles['field']}>
        <span>May</span>
        <Choice
          label="Role"
          value={role}
          options={roles}
          onChange={(chosen) => {
            const found = roles.find(({ value }) => value === chosen)
            if (found !== undefined) setRole(found.value)
          }}
        />
      </div>
      <div className={styles['field']}>
        <span>Valid for</span>
        <Select
          aria-label="Valid for"
          data={expiries}
          value={expiry}
          onChange={(chosen) => setExpiry(chosen ?? '8')}
        />
      </div>
      <Button type="submit" color="live.4" autoContrast loading={busy} disabled={label.trim() === ''}>
        Make link
      </Button>
      <p className={styles['dim']}>
        {role === 'viewer'
          ? 'Sees the live image and all settings, and changes nothing.'
          : 'Also changes settings and moves the stage: one at a time, and you can take over at once.'}
      </p>
      <FailureLine failure={failure} />
    </form>
  )
}
