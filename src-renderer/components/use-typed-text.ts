import { type KeyboardEvent, useRef, useState } from 'react'

/** What is being typed into a field: it counts on Enter or when the field is left; Escape forgets it. */
export function useTypedText(commit: (typed: string) => void) {
  /** Undefined: nothing was typed since it last counted. */
  const [typed, setTyped] = useState<string>()
  const skipBlur = useRef(false)

  function count() {
    setTyped(undefined)
    if (typed !== undefined) commit(typed)
  }

  return {
    typed,
    forget: () => setTyped(undefined),
    input: {
      onFocus: (event: { readonly currentTarget: HTMLInputElement }) => event.currentTarget.select(),
      onChange: (event: { readonly currentTarget: HTMLInputElement }) => setTyped(event.currentTarget.value),
      onBlur: () => {
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
      setTyped(undefined)
      event.currentTarget.blur()
      return true
    },
  }
}
