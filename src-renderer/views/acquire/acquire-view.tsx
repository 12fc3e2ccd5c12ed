/** Not built yet. */
export function AcquireView({ phone }: { readonly phone: boolean }) {
  return <main>Acquire {phone ? 'small' : 'wide'}</main>
}
