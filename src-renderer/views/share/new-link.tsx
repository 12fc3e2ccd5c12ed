import { Button } from '@mantine/core'
import { useState } from 'react'
import type { CreatedToken } from '../../../src-shared/access.ts'
import { Choice } from '../../components/choice.tsx'
import { useEngine } from '../../services.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { QrCode } from './qr-code.tsx'
import styles from './share.module.css'

const none: readonly string[] = []

type NewLinkProps = { readonly created: CreatedToken; readonly onDone: () => void }

/** A new link, this once: to copy, and as a QR code. */
export function NewLink({ created, onDone }: NewLinkProps) {
  const { token, secret } = created
  // Sharing may begin, or move, while the link is shown.
  const urls = useEngine(({ sharing }) => (sharing.state === 'on' ? sharing.urls : none))
  const links = urls.map((url) => `${url}/#token=${secret}`)
  const [preferred, prefer] = useState<string>()
  const chosen = links.find((link) => link === preferred) ?? links[0]
  return (
    <section className={styles['newLink']} aria-label="New link">
      {chosen !== undefined && <QrCode text={chosen} label={`QR code of the link for ${token.label}`} />}
      <div className={styles['linkText']}>
        <h3>
          Link for {token.label} ({token.role})
        </h3>
        {links.length > 1 && chosen !== undefined && (
          <Choice
            label="Address in the QR code"
            value={chosen}
            options={links.map((link) => ({ value: link, label: new URL(link).host }))}
            onChange={prefer}
          />
        )}
        {chosen === undefined ? (
          <>
            <p>Nothing is shared yet. When it is, others open an address above and enter this code:</p>
            <code className={styles['link']}>{secret}</code>
          </>
        ) : (
          <code className={styles['link']} aria-label="Link">
            {chosen}
          </code>
        )}
        <p className={styles['dim']}>
          Copy it now: it is not shown again. Who has it can come in until it ends or you revoke it.
        </p>
        <div className={styles['actions']}>
          <CopyButton text={chosen ?? secret} label="Copy link" />
          <Button variant="default" size="compact-xs" onClick={onDone}>
            Done
          </Button>
        </div>
      </div>
    </section>
  )
}
