import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { z } from 'zod'
import { iceServerSchema } from '../../../src-shared/stream-params.ts'
import { changeSettings } from '../../actions/device-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useEngine, useServices } from '../../services.ts'
import styles from './share.module.css'

type IceServer = z.infer<typeof iceServerSchema>
const emptyForm = { url: '', username: '', credential: '' }

/** STUN and TURN servers, for WebRTC between networks. */
export function IceServers() {
  const services = useServices()
  const servers = useEngine((state) => state.settings?.iceServers ?? noServers)
  const [form, setForm] = useState(emptyForm)
  const [failure, setFailure] = useState<CallFailure>()
  const entered = iceServerSchema.safeParse({
    urls: [form.url.trim()],
    ...(form.username === '' ? {} : { username: form.username }),
    ...(form.credential === '' ? {} : { credential: form.credential }),
  })

  async function change(next: IceServer[]) {
    const refused = await changeSettings(services, { iceServers: next })
    setFailure(refused)
    if (refused === undefined) setForm(emptyForm)
  }
  const field = (name: keyof typeof form, label: string, placeholder: string) => (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      type={name === 'credential' ? 'password' : 'text'}
      autoComplete="off"
      value={form[name]}
      onChange={(event) => {
        const { value } = event.currentTarget
        setForm((before) => ({ ...before, [name]: value }))
      }}
    />
  )
  return (
    <section className={styles['settings']} aria-label="STUN and TURN servers">
      <h3>STUN and TURN servers</h3>
      <p className={styles['dim']}>
        For WebRTC viewers outside this network. Within one network none is needed.
      </p>
      {servers.map((server) => (
        <div key={server.urls.join()} className={styles['item']}>
          <code className={styles['itemText']}>{server.urls.join(', ')}</code>
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`Remove ${server.urls.join(', ')}`}
            onClick={() => void change(servers.filter((other) => other !== server))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div className={styles['iceForm']}>
        {field('url', 'Address of the server', 'stun:stun.example.org:3478')}
        {field('username', 'User name', 'User (TURN)')}
        {field('credential', 'Password', 'Password (TURN)')}
        <Button
          variant="default"
          disabled={!entered.success}
          onClick={() => {
            if (entered.success) void change([...servers, entered.data])
          }}
        >
          Add
        </Button>
      </div>
      <FailureLine failure={failure} />
    </section>
  )
}

const noServers: readonly IceServer[] = []
