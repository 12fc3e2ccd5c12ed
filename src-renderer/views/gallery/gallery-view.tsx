/** Not built yet. */
export function GalleryView({ phone }: { readonly phone: boolean }) {
  return <main>Gallery {phone ? 'small' : 'wide'}</main>
}
