import { createContext, useContext, useEffect, useId, useMemo, useState } from 'react'

/** A field that holds what it does not take. */
export type RefusedField = {
  readonly label: string
  readonly reason: string
  /** Of the plan's field that it edits, where it is in a plan: the nearest `data-path`. */
  readonly path: string
}

type TellRefused = (id: string, field: RefusedField | undefined) => void

/** Hears of the fields within it that hold what they do not take. */
export const RefusedFieldsContext = createContext<TellRefused>(() => undefined)

/** The fields that hold what they do not take, for whoever must wait until they are corrected; and what hears of them. */
export function useRefusedFields(): readonly [fields: readonly RefusedField[], tell: TellRefused] {
  const [known, setKnown] = useState<ReadonlyMap<string, RefusedField>>(new Map())
  const tell = useMemo(
    (): TellRefused => (id, field) =>
      setKnown((before) => {
        const next = new Map(before)
        if (field === undefined) next.delete(id)
        else next.set(id, field)
        return next
      }),
    [],
  )
  return useMemo(() => [[...known.values()], tell], [known, tell])
}

/** Tells what is around that the field `input` holds what it does not take, for `reason`; undefined: it takes it. */
export function useTellRefused(
  input: { readonly current: HTMLElement | null },
  label: string,
  reason: string | undefined,
): void {
  const tell = useContext(RefusedFieldsContext)
  const id = useId()
  useEffect(() => {
    if (reason === undefined) return
    const path = input.current?.closest<HTMLElement>('[data-path]')?.dataset['path'] ?? ''
    tell(id, { label, reason, path })
    return () => tell(id, undefined)
  }, [tell, id, input, label, reason])
}
