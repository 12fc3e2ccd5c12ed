import { Modal, Tabs } from '@mantine/core'
import { useState } from 'react'
import { useEngine, useServices, useSession } from '../../services.ts'
import { isOwner } from '../../stores/permission.ts'
import { AuditLog } from './audit-log.tsx'
import { InvitePanel } from './invite-panel.tsx'
import { PublishPanel } from './publish-panel.tsx'
import { ServerPanel } from './server-panel.tsx'
import styles from './share.module.css'
import { SharingSwitch } from './sharing-switch.tsx'
import { ViewerList } from './viewer-list.tsx'

/** Everything about others: who may come in, who is there, how they reach this computer. */
export function ShareDialog({ phone }: { readonly phone: boolean }) {
  const { session } = useServices()
  const open = useSession((state) => state.openSheet === 'share')
  const owner = useEngine(isOwner)
  return (
    <Modal
      opened={open && owner}
      onClose={() => session.setState({ openSheet: undefined })}
      title="Share"
      size={720}
      fullScreen={phone}
      // At the top: it must not jump when its height changes.
      centered={false}
      yOffset="8vh"
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ body: styles['body'] ?? '' }}
    >
      {open && owner && <ShareContent />}
    </Modal>
  )
}

function ShareContent() {
  const [tab, setTab] = useState<string | null>('people')
  const viewers = useEngine((state) => state.viewers.length)
  return (
    <>
      <SharingSwitch />
      <Tabs value={tab} onChange={setTab} keepMounted={false} color="live.5">
        <Tabs.List className={styles['tabs'] ?? ''}>
          <Tabs.Tab value="people">Invite</Tabs.Tab>
          <Tabs.Tab value="viewers">Viewers{viewers > 0 ? ` · ${viewers}` : ''}</Tabs.Tab>
          <Tabs.Tab value="server">Connection</Tabs.Tab>
          <Tabs.Tab value="publish">Publish</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <InvitePanel />
        </Tabs.Panel>
        <Tabs.Panel value="viewers">
          <ViewerList />
        </Tabs.Panel>
        <Tabs.Panel value="server">
          <ServerPanel />
        </Tabs.Panel>
        <Tabs.Panel value="publish">
          <PublishPanel />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <AuditLog />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
