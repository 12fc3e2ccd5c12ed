/** The app's page as a host serves it: one nonce per load, and a policy that lets nothing foreign run. */
import { randomBytes } from 'node:crypto'

const placeholder = '__CSP_NONCE__'

/** `index.html` with a fresh nonce, and the Content-Security-Policy that goes with it. */
export function renderPage(html: string): { html: string; policy: string } {
  const nonce = randomBytes(18).toString('base64')
  return { html: html.replaceAll(placeholder, nonce), policy: contentSecurityPolicy(nonce) }
}

/**
 * Mantine writes its variables as inline style elements: they carry the nonce. Decoding in a worker uses WebAssembly,
 * which needs `wasm-unsafe-eval` (it does not allow eval).
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** For every other file of the app: worker scripts compile WebAssembly under their own response's policy. */
export const assetPolicy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
