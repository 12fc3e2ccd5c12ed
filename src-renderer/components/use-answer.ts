import { useEffect, useState } from 'react'
import type { CallFailure } from '../backend/call-failure.ts'
import type { Outcome } from '../backend/outcome.ts'
import { type Services, useServices } from '../services.ts'

/** What was answered, or that it is awaited, or why it failed. */
export type Answer<T> = {
  /** The newest answer; undefined before the first. */
  readonly value: T | undefined
  readonly failure: CallFailure | undefined
  /** An answer is awaited. */
  readonly asking: boolean
  /** Asks again. */
  again(): void
}

/**
 * The answer to a call, asked for when the component appears, and again when `occasion` changes.
 * @param ask must be the same function at each render
 */
export function useAnswer<T>(ask: (services: Services) => Promise<Outcome<T>>, occasion?: number): Answer<T> {
  const services = useServices()
  const [round, setRound] = useState(0)
  const [value, setValue] = useState<T>()
  const [failure, setFailure] = useState<CallFailure>()
  const [answered, setAnswered] = useState<string>()
  const question = `${round} ${occasion}`
  useEffect(() => {
    let stale = false
    void ask(services).then((outcome) => {
      if (stale) return
      if (outcome.ok) setValue(outcome.value)
      setFailure(outcome.ok ? undefined : outcome.failure)
      setAnswered(question)
    })
    return () => {
      stale = true
    }
  }, [ask, services, question])
  return { value, failure, asking: answered !== question, again: () => setRound((before) => before + 1) }
}
