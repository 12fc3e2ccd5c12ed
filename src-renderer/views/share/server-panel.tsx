import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type SharingSettings, sharingSettingsSchema } from '../../../src-shared/sharing.ts'
import { changeSettings } from '../../actions/device-actions.ts'
import { changeSharing } from '../../actions/share-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useEngine, useServices } from '../../services.ts'
import { IceServers } from './ice-servers.tsx'
import styles from './share.module.css'

const encryptions: readonly { value: SharingSettings['tls']; label: string }[] = [
  { value: 'self-signed', label: 'Certificate made by this computer' },
  { value: 'own', label: 'Certificate files of your own' },
  { value: 'off', label: 'Off' },
]

/** How others reach this computer. */
export function ServerPanel() {
  const remote = useEngine((state) => state.settings?.remote)
  if (remote === undefined) return null
  return (
    <>
      <ServerForm key={JSON.stringify(remote)} remote={remote} />
      <Concurrent />
      <IceServers />
    </>
  )
}

function ServerForm({ remote }: { readonly remote: SharingSettings }) {
  const services = useServices()
  const [host, setHost] = useState(remote.host)
  const [port, setPort] = useState(String(remote.port))
  const [tls, setTls] = useState(remote.tls)
  const [certificateFile, setCertificateFile] = useState(remote.certificateFile ?? '')
  const [keyFile, setKeyFile] = useState(remote.keyFile ?? '')
  const [origins, setOrigins] = useState(remote.allowedOrigins.join('\n'))
  const [failure, setFailure] = useState<CallFailure>()
  const [busy, setBusy] = useState(false)

  const wanted = {
    host: host.trim(),
    port: Number(port),
    tls,
    ...(tls === 'own' ? { certificateFile: certificateFile.trim(), keyFile: keyFile.trim() } : {}),
    allowedOrigins: origins.split(/\s+/).filter((origin) => origin !== ''),
  }
  const checked = sharingSettingsSchema.safeParse({ ...remote, ...wanted })
  const problems = new Map(checked.error?.issues.map(({ path, message }) => [String(path[0]), message]))
  const changed = checked.success && JSON.stringify(checked.data) !== JSON.stringify(remote)

  async function apply() {
    setBusy(true)
    setFailure(await changeSharing(services, wanted))
    setBusy(false)
  }
  return (
    <section className={styles['settings']} aria-label="Server">
      <label className={styles['field']}>
        <span>Port</span>
        <TextInput
          inputMode="numeric"
          value={port}
          error={problems.get('port')}
          onChange={(event) => setPort(event.currentTarget.value)}
        />
      </label>
      <label className={styles['field']}>
        <span>Address</span>
        <TextInput
          description="0.0.0.0: all networks that this computer is in"
          inputWrapperOrder={['input', 'description', 'error']}
          value={host}
          error={problems.get('host')}
          onChange={(event) => setHost(event.currentTarget.value)}
        />
      </label>
      <div className={styles['field']}>
        <span>Encryption</span>
        <Select
          aria-label="Encryption"
          data={encryptions}
          value={tls}
          onChange={(chosen) => {
            const found = encryptions.find(({ value }) => value === chosen)
            if (found !== undefined) setTls(found.value)
          }}
        />
      </div>
      {tls === 'off' && (
        <p className={styles['warning']}>
          Without encryption whoever can listen to the network sees images and access codes.
        </p>
      )}
      {tls === 'own' && (
        <>
          <label className={styles['field']}>
            <span>Certificate file</span>
            <TextInput
              placeholder="/path/to/fullchain.pem"
              value={certificateFile}
              error={problems.get('certificateFile')}
              onChange={(event) => setCertificateFile(event.currentTarget.value)}
            />
          </label>
          <label className={styles['field']}>
            <span>Key file</span>
            <TextInput
              placeholder="/path/to/privkey.pem"
              value={keyFile}
              error={problems.get('keyFile')}
              onChange={(event) => setKeyFile(event.currentTarget.value)}
            />
          </label>
        </>
      )}
      <details className={styles['advanced']}>
        <summary>Other sites</summary>
        <Textarea
          autosize
          minRows={2}
          size="xs"
          aria-label="Other sites that may use this server"
          description="Sites whose pages may use this server, one a line, like https://lab.example.org. Usually none."
          value={origins}
          error={problems.get('allowedOrigins')}
          onChange={(event) => setOrigins(event.currentTarget.value)}
        />
      </details>
      <div className={styles['actions']}>
        <Button variant="default" disabled={!changed} loading={busy} onClick={() => void apply()}>
          Apply
        </Button>
        {changed && remote.enabled && (
          <span className={styles['dim']}>Who is connected is interrupted for a moment.</span>
        )}
      </div>
      <FailureLine failure={failure} />
    </section>
  )
}

/** Whether a camera may be watched by several protocols at once. */
function Concurrent() {
  const services = useServices()
  const concurrent = useEngine((state) => state.settings?.sharing === 'concurrent')
  const [failure, setFailure] = useState<CallFailure>()
  return (
    <section className={styles['settings']} aria-label="Protocols">
      <Switch
        size="sm"
        label="Let others watch by WebRTC or MJPEG beside this view"
        description="Otherwise a camera streams by one protocol at a time, for everybody."
        checked={concurrent}
        onChange={(event) => {
          const sharing = event.currentTarget.checked ? 'concurrent' : 'exclusive'
          void changeSettings(services, { sharing }).then(setFailure)
        }}
      />
      <FailureLine failure={failure} />
    </section>
  )
}
