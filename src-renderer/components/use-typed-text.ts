import { type KeyboardEvent, useRef, useState } from 'react'

/** What was not taken, and why. */
type Refusal = {
  readonly reason: string
  /** What the field would have shown without it. */
  readonly instead: string
}

/**
 * What is being typed into a field: it counts on Enter or when the field is left; Escape forgets it. What is refused
 * stays, to be corrected, until another value comes from elsewhere.
 * @param shown what the field shows while nothing is typed
 * @param commit applies what was typed; returns why it cannot be
 */
export function useTypedText(shown: string, commit: (typed: string) => string | undefined) {
  /** Undefined: nothing was typed since it last counted. */
  const [typed, setTyped] = useState<string>()
  const [refusal, setRefusal] = useState<Refusal>()
  const [focused, setFocused] = useState(false)
  const skipBlur = useRef(false)
  if (refusal !== undefined && !focused && refusal.instead !== shown) forget()

  function forget() {
    setTyped(undefined)
    setRefusal(undefined)
  }
  function count() {
    if (typed === undefined) return
    const reason = commit(typed)
    if (reason === undefined) forget()
    else setRefusal({ reason, instead: shown })
  }

  return {
    typed,
    /** Why what is typed was not taken; undefined: it was, or is still being typed. */
    refusal: refusal?.reason,
    forget,
    input: {
      value: typed ?? shown,
      onFocus: (event: { readonly currentTarget: HTMLInputElement }) => {
        setFocused(true)
        event.currentTarget.select()
      },
      onChange: (event: { readonly currentTarget: HTMLInputElement }) => {
        setTyped(event.currentTarget.value)
        setRefusal(undefined)
      },
      onBlur: () => {
        setFocused(false)
        if (skipBlur.current) skipBlur.current = false
        else count()
      },
    },
    /** Enter and Escape; true: the key was one of them. */
    onKey(event: KeyboardEvent<HTMLInputElement>): boolean {
      if (event.key === 'Enter') {
        count()
        event.currentTarget.select()
        return true
      }
      if (event.key !== 'Escape') return false
      skipBlur.current = true
      forget()
      event.currentTarget.blur()
      return true
    },
  }
}
