import { IconAdjustmentsHorizontal, IconInfoCircle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import styles from '../phone-panels.module.css'
import { ChannelsSection } from './channels-section.tsx'
import { ContrastSection } from './contrast-section.tsx'
import { FrameSection } from './frame-section.tsx'
import { LineSection } from './line-section.tsx'
import { MetadataSection } from './metadata-section.tsx'
import { SectionsSection } from './sections-section.tsx'

type Tab = {
  readonly id: string
  readonly title: string
  readonly icon: ReactNode
  readonly content: ReactNode
}

const iconProps = { size: 19, stroke: 1.6, 'aria-hidden': true } as const

const tabs: readonly Tab[] = [
  {
    id: 'display',
    title: 'Display',
    icon: <IconAdjustmentsHorizontal {...iconProps} />,
    content: (
      <>
        <ChannelsSection />
        <ContrastSection />
        <SectionsSection />
        <LineSection />
      </>
    ),
  },
  {
    id: 'about',
    title: 'About',
    icon: <IconInfoCircle {...iconProps} />,
    content: (
      <>
        <FrameSection />
        <MetadataSection />
      </>
    ),
  },
]

/** The side panel on a narrow screen: one half of it at a time, which leaves the image in sight. */
export function ViewerTabs() {
  const [open, setOpen] = useState<string>()
  const shown = tabs.find(({ id }) => id === open)
  return (
    <>
      {shown !== undefined && (
        <section id="viewer-panel" className={styles['sheet']} aria-label={shown.title}>
          {shown.content}
        </section>
      )}
      <nav className={styles['tabs']} aria-label="Panels">
        {tabs.map(({ id, title, icon }) => (
          <button
            key={id}
            type="button"
            className={styles['tab']}
            aria-expanded={id === open}
            aria-controls="viewer-panel"
            onClick={() => setOpen(id === open ? undefined : id)}
          >
            {icon}
            {title}
          </button>
        ))}
      </nav>
    </>
  )
}
