import { Button, Select, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { type WhipSettings, whipSettingsSchema } from '../../../src-shared/settings.ts'
import { publishStream } from '../../actions/share-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useEngine, useServices } from '../../services.ts'
import { useDevices } from '../use-devices.ts'
import styles from './share.module.css'

/** Publishing to a media server, which serves the many. */
export function PublishPanel() {
  const whip = useEngine((state) => state.settings?.whip)
  const alerts = useEngine(useShallow((state) => state.alerts.filter(({ id }) => id.startsWith('whip'))))
  return (
    <section className={styles['settings']} aria-label="Publish">
      <p className={styles['dim']}>
        When more people watch than this computer should serve, it sends one stream to a media server
        (mediamtx, LiveKit, Janus, Cloudflare) by WHIP, and they watch it there.
      </p>
      {alerts.map(({ id, severity, message, hint }) => (
        <p key={id} className={severity === 'error' ? styles['failure'] : styles['warning']} role="status">
          {message} {hint}
        </p>
      ))}
      {alerts.length === 0 && whip?.enabled === true && (
        <p className={styles['good']} role="status">
          Published to {whip.url}.
        </p>
      )}
      <PublishForm key={JSON.stringify(whip)} whip={whip} />
    </section>
  )
}

const anyCamera = { value: '', label: 'First camera' }

function PublishForm({ whip }: { readonly whip: WhipSettings | undefined }) {
  const services = useServices()
  const cameras = useDevices('camera')
  const [url, setUrl] = useState(whip?.url ?? '')
  const [bearerToken, setBearerToken] = useState(whip?.bearerToken ?? '')
  const [detectorName, setDetectorName] = useState(whip?.detectorName ?? '')
  const [failure, setFailure] = useState<CallFailure>()
  const [busy, setBusy] = useState(false)
  const entered = whipSettingsSchema.safeParse({
    enabled: whip?.enabled ?? false,
    url: url.trim(),
    ...(bearerToken === '' ? {} : { bearerToken }),
    ...(detectorName === '' ? {} : { detectorName }),
  })
  const changed = entered.success && JSON.stringify(entered.data) !== JSON.stringify(whip)

  async function publish(next: WhipSettings | undefined) {
    setBusy(true)
    setFailure(await publishStream(services, next))
    setBusy(false)
  }
  return (
    <>
      <label className={styles['field']}>
        <span>WHIP address</span>
        <TextInput
          placeholder="https://media.example.org/microscope/whip"
          value={url}
          error={url !== '' && !entered.success ? 'An http(s) address is needed' : undefined}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
      </label>
      <label className={styles['field']}>
        <span>Token</span>
        <TextInput
          type="password"
          autoComplete="off"
          placeholder="If the server asks for one"
          value={bearerToken}
          onChange={(event) => setBearerToken(event.currentTarget.value)}
        />
      </label>
      <div className={styles['field']}>
        <span>Camera</span>
        <Select
          aria-label="Camera to publish"
          data={[
            anyCamera,
            ...cameras.map(({ id, description }) => ({ value: id, label: description.name })),
          ]}
          value={detectorName}
          onChange={(chosen) => setDetectorName(chosen ?? '')}
        />
      </div>
      <div className={styles['actions']}>
        <Switch
          size="sm"
          label="Publish"
          checked={whip?.enabled === true}
          disabled={busy || !entered.success}
          onChange={(event) => {
            if (entered.success) void publish({ ...entered.data, enabled: event.currentTarget.checked })
          }}
        />
        <Button
          variant="default"
          disabled={!changed}
          loading={busy}
          onClick={() => {
            if (entered.success) void publish(entered.data)
          }}
        >
          Save
        </Button>
        {whip !== undefined && (
          <Button variant="default" disabled={busy} onClick={() => void publish(undefined)}>
            Forget
          </Button>
        )}
      </div>
      <FailureLine failure={failure} />
    </>
  )
}
