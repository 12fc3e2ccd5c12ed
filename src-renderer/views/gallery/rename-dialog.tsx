import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { keepName, renameAsked } from '../../actions/rename-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useGallery, useServices } from '../../services.ts'
import styles from './delete-dialog.module.css'

/** Another name for an item. */
export function RenameDialog() {
  const services = useServices()
  const item = useGallery((state) => state.toRename)
  if (item === undefined) return null
  return (
    <Modal
      opened
      onClose={() => keepName(services)}
      title={`Rename ${item.name}`}
      size={440}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <NameForm key={item.id} item={item} />
    </Modal>
  )
}

/** Of recordings, nothing; of other files, what tells their format. */
const endingOf = ({ name, kind }: GalleryItem) =>
  kind === 'recording' || kind === 'plan' ? '' : (/(\.ome)?\.[^.]+$/i.exec(name)?.[0] ?? '')

function NameForm({ item }: { readonly item: GalleryItem }) {
  const services = useServices()
  const ending = endingOf(item)
  const [text, setText] = useState(item.name.slice(0, item.name.length - ending.length))
  const [failure, setFailure] = useState<CallFailure>()
  const [busy, setBusy] = useState(false)
  async function rename() {
    setBusy(true)
    setFailure(await renameAsked(services, text.trim()))
    setBusy(false)
  }
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (!busy && text.trim() !== '') void rename()
  }
  return (
    <form onSubmit={onSubmit}>
      <TextInput
        aria-label="New name"
        maxLength={200}
        data-autofocus
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setFailure(undefined)
        }}
        rightSection={ending === '' ? undefined : ending}
        rightSectionWidth="auto"
        rightSectionProps={{ style: { paddingInline: 10, color: 'var(--cs-dim)' } }}
      />
      <FailureLine failure={failure} />
      <p className={styles['note']}>
        Spaces become _. {item.folder && 'Files within it keep their names, by which they find each other.'}
      </p>
      <div className={styles['buttons']}>
        <Button variant="default" onClick={() => keepName(services)}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={text.trim() === ''}>
          Rename
        </Button>
      </div>
    </form>
  )
}
