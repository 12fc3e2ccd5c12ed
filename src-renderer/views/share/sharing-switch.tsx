import { Loader, Switch } from '@mantine/core'
import { useState } from 'react'
import { changeSharing } from '../../actions/share-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useEngine, useServices } from '../../services.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import styles from './share.module.css'

/** On or off, and where others reach this computer. */
export function SharingSwitch() {
  const services = useServices()
  const sharing = useEngine((state) => state.sharing)
  const wanted = useEngine((state) => state.settings?.remote.enabled === true)
  const [asked, setAsked] = useState<boolean>()
  const [failure, setFailure] = useState<CallFailure>()

  async function change(enabled: boolean) {
    setAsked(enabled)
    setFailure(await changeSharing(services, { enabled }))
    setAsked(undefined)
  }
  return (
    <section className={styles['sharing']} aria-label="Sharing">
      <div className={styles['switchRow']}>
        <Switch
          size="md"
          label="Let other computers in"
          checked={asked ?? (sharing.state === 'on' || (sharing.state === 'failed' && wanted))}
          disabled={asked !== undefined}
          onChange={(event) => void change(event.currentTarget.checked)}
        />
        {asked !== undefined && <Loader size={14} color="gray" />}
      </div>
      {sharing.state === 'off' && (
        <p className={styles['dim']}>Only this computer can use the microscope now.</p>
      )}
      {sharing.state === 'failed' && (
        <p className={styles['failure']} role="alert">
          {sharing.message}
          {sharing.hint !== undefined && <span> {sharing.hint}</span>}
        </p>
      )}
      {sharing.state === 'on' && (
        <Addresses urls={sharing.urls} fingerprint={sharing.certificateFingerprint} />
      )}
      <FailureLine failure={failure} />
    </section>
  )
}

type AddressesProps = { readonly urls: readonly string[]; readonly fingerprint: string | undefined }

function Addresses({ urls, fingerprint }: AddressesProps) {
  return (
    <>
      <ul className={styles['addresses']} aria-label="Addresses">
        {urls.map((url) => (
          <li key={url}>
            <code>{url}</code>
            <CopyButton text={url} label={`Copy ${url}`} />
          </li>
        ))}
      </ul>
      {fingerprint === undefined ? (
        <p className={styles['dim']}>
          Not encrypted: who can listen to this network sees images and access codes.
        </p>
      ) : (
        <details className={styles['fingerprint']}>
          <summary>Browsers warn about the certificate at first. How to know it is this one</summary>
          <p>
            The certificate was made by this computer, so no browser knows it yet. In the warning, show the
            certificate and compare its SHA-256 fingerprint with this one; when they are the same, the
            connection is safe to accept.
          </p>
          <code aria-label="Certificate fingerprint">{fingerprint}</code>
        </details>
      )}
    </>
  )
}
