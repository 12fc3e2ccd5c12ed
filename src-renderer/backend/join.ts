/**
 * Coming in by a link: `…/#token=<secret>`. The part after `#` is never sent by browsers; this page gives the secret to
 * the host once (`POST /api/session`), which sets a cookie that scripts cannot read, and takes it out of the address.
 */
import { z } from 'zod'
import type { CallFailure } from './call-failure.ts'
import { callFailure } from './call-failure.ts'

/** The secret in the address, or in what a user typed: a link, or the secret alone. */
export function secretOf(text: string): string | undefined {
  const inLink = /#(?:.*&)?token=([^&\s]+)/.exec(text)?.[1]
  if (inLink !== undefined) return decodeURIComponent(inLink)
  return /^\s*([\w-]{16,})\s*$/.exec(text)?.[1]
}

const errorBodySchema = z.object({
  code: z.string(),
  message: z.string(),
  data: z.object({ hint: z.string().optional() }).optional(),
})

/** Gives the secret to the host. Returns why it does not let this page in. */
export async function presentToken(origin: string, secret: string): Promise<CallFailure | undefined> {
  try {
    const response = await fetch(`${origin}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: secret }),
    })
    if (response.ok) return undefined
    const body = errorBodySchema.safeParse(await response.json().catch(() => undefined))
    return refusalOf(response.status, body.success ? body.data : undefined)
  } catch (error) {
    return callFailure(error)
  }
}

function refusalOf(status: number, body: z.infer<typeof errorBodySchema> | undefined): CallFailure {
  const code = body?.code ?? (status === 401 ? 'UNAUTHORIZED' : status === 429 ? 'RATE_LIMITED' : 'INTERNAL')
  const message = body?.message ?? `The microscope computer refused the link (${status}).`
  return { code, message, hint: body?.data?.hint, details: undefined }
}

/** What the page finds when it opens. */
export type Admission =
  | { readonly state: 'admitted' }
  /** No session, and no valid link: the user has to give one. */
  | { readonly state: 'asked'; readonly failure: CallFailure | undefined }

/**
 * Takes the link's secret out of the address and presents it; without one, finds out whether the host lets this page
 * in. A host that does not answer is not a refusal: the app connects to it when it is there.
 * @param session the call that only those who are let in may make
 */
export async function admission(page: Window, session: () => Promise<unknown>): Promise<Admission> {
  const secret = secretOf(page.location.hash)
  if (secret !== undefined) {
    const failure = await presentToken(page.location.origin, secret)
    // Kept only when the host could not be asked, so that loading the page again tries again.
    if (failure?.code !== 'UNREACHABLE') {
      page.history.replaceState(undefined, '', page.location.pathname + page.location.search)
    }
    return failure === undefined ? { state: 'admitted' } : { state: 'asked', failure }
  }
  try {
    await session()
    return { state: 'admitted' }
  } catch (error) {
    return callFailure(error).code === 'UNAUTHORIZED'
      ? { state: 'asked', failure: undefined }
      : { state: 'admitted' }
  }
}
