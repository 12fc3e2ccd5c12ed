import { useNow } from './use-now.ts'

/** `in 4 s`, counting down to `at` (Unix ms); `now` when it is reached. */
export function Countdown({ at }: { readonly at: number }) {
  const now = useNow(250)
  const seconds = Math.ceil((at - now) / 1000)
  return <>{seconds > 0 ? `in ${seconds} s` : 'now'}</>
}
