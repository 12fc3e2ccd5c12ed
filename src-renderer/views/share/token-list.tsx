import { Button } from '@mantine/core'
import { useState } from 'react'
import type { AccessToken } from '../../../src-shared/access.ts'
import { revokeToken } from '../../actions/share-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useNow } from '../../components/use-now.ts'
import { useServices } from '../../services.ts'
import { expiryText, lastUsedText } from './share-words.ts'
import styles from './share.module.css'

type TokenListProps = {
  readonly tokens: readonly AccessToken[]
  readonly onRevoked: (tokenId: string) => void
}

/** The links that were made, each with its end. */
export function TokenList({ tokens, onRevoked }: TokenListProps) {
  const now = useNow(15_000)
  if (tokens.length === 0) return <p className={styles['none']}>No links yet.</p>
  return (
    <ul className={styles['list']} aria-label="Links">
      {tokens.map((token) => (
        <TokenRow key={token.id} token={token} now={now} onRevoked={onRevoked} />
      ))}
    </ul>
  )
}

type RowProps = {
  readonly token: AccessToken
  readonly now: number
  readonly onRevoked: (tokenId: string) => void
}

function TokenRow({ token, now, onRevoked }: RowProps) {
  const services = useServices()
  const [asking, setAsking] = useState(false)
  const [failure, setFailure] = useState<CallFailure>()
  async function revoke() {
    const refused = await revokeToken(services, token.id)
    setFailure(refused)
    setAsking(false)
    if (refused === undefined) onRevoked(token.id)
  }
  return (
    <li className={styles['item']} aria-label={token.label}>
      <div className={styles['itemText']}>
        <strong>{token.label}</strong>
        <span>
          {token.role} · {expiryText(token.expiresAt, now)} · {lastUsedText(token.lastUsedAt, now)}
        </span>
        <FailureLine failure={failure} />
      </div>
      {asking ? (
        <div className={styles['actions']} role="group" aria-label={`Revoke ${token.label}?`}>
          <span className={styles['dim']}>Who uses it is disconnected.</span>
          <Button color="red" size="compact-xs" onClick={() => void revoke()}>
            Revoke
          </Button>
          <Button variant="default" size="compact-xs" onClick={() => setAsking(false)}>
            Keep
          </Button>
        </div>
      ) : (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Revoke ${token.label}`}
          onClick={() => setAsking(true)}
        >
          Revoke…
        </Button>
      )}
    </li>
  )
}
