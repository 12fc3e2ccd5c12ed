import { Button } from '@mantine/core'
import { useState } from 'react'

/** Copies a text; where the browser forbids that (pages without encryption), selects nothing and says so. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [state, setState] = useState<'copied' | 'refused'>()
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      setState('refused')
    }
    setTimeout(() => setState(undefined), 2500)
  }
  const word = { copied: 'Copied', refused: 'Copy by hand' }
  return (
    <Button variant="default" size="compact-xs" aria-label={label} onClick={() => void copy()}>
      {state === undefined ? 'Copy' : word[state]}
    </Button>
  )
}
