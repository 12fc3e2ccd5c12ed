import { useState } from 'react'
import type { CreatedToken } from '../../../src-shared/access.ts'
import { listTokens } from '../../actions/share-actions.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useEngine } from '../../services.ts'
import { InviteForm } from './invite-form.tsx'
import { NewLink } from './new-link.tsx'
import { TokenList } from './token-list.tsx'
import { useAnswer } from '../../components/use-answer.ts'

/** Links for others: making them, and those that were made. */
export function InvitePanel() {
  // Who comes in uses a token: then the list says when.
  const viewers = useEngine((state) => state.viewers.length)
  const { value: tokens = [], failure, again } = useAnswer(listTokens, viewers)
  const [created, setCreated] = useState<CreatedToken>()

  return (
    <>
      {created === undefined ? (
        <InviteForm
          onCreated={(token) => {
            setCreated(token)
            again()
          }}
        />
      ) : (
        <NewLink created={created} onDone={() => setCreated(undefined)} />
      )}
      <FailureLine failure={failure} />
      <TokenList
        tokens={tokens}
        onRevoked={(tokenId) => {
          if (created?.token.id === tokenId) setCreated(undefined)
          again()
        }}
      />
    </>
  )
}
