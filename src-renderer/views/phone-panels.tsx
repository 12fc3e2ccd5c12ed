import {
  IconAdjustmentsHorizontal,
  IconAperture,
  IconArrowsMove,
  IconBroadcast,
  IconBulb,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useServices, useSession } from '../services.ts'
import { CameraPanel } from './camera-panel.tsx'
import { CamerasPanel } from './cameras-panel.tsx'
import { ChannelsPanel } from './channels-panel.tsx'
import { DisplayPanel } from './display-panel.tsx'
import { LightsPanel } from './lights-panel.tsx'
import { OtherDevicesPanel } from './other-devices-panel.tsx'
import styles from './phone-panels.module.css'
import { StagePanel } from './stage-panel.tsx'
import { StreamPanel } from './stream-panel.tsx'
import { useDevices } from './use-devices.ts'

type PhonePanel = {
  readonly id: string
  readonly title: string
  readonly icon: ReactNode
  readonly content: ReactNode
}

const iconProps = { size: 19, stroke: 1.6, 'aria-hidden': true } as const

const panels: readonly PhonePanel[] = [
  {
    id: 'camera',
    title: 'Camera',
    icon: <IconAperture {...iconProps} />,
    content: (
      <>
        <CamerasPanel />
        <CameraPanel />
      </>
    ),
  },
  {
    id: 'display',
    title: 'Display',
    icon: <IconAdjustmentsHorizontal {...iconProps} />,
    content: <DisplayPanel />,
  },
  { id: 'stage', title: 'Stage', icon: <IconArrowsMove {...iconProps} />, content: <StagePanel /> },
  {
    id: 'light',
    title: 'Light',
    icon: <IconBulb {...iconProps} />,
    content: (
      <>
        <ChannelsPanel />
        <LightsPanel />
        <OtherDevicesPanel />
      </>
    ),
  },
  { id: 'stream', title: 'Stream', icon: <IconBroadcast {...iconProps} />, content: <StreamPanel /> },
]

/** The side panels on a narrow screen: tabs under the image, one panel at a time, which leaves the image in sight. */
export function PhonePanels() {
  const { session } = useServices()
  const open = useSession((state) => state.phonePanel)
  const stages = useDevices('stage').length
  const lights = useDevices('light').length + useDevices('turret').length + useDevices('shutter').length
  const absent = new Set([...(stages === 0 ? ['stage'] : []), ...(lights === 0 ? ['light'] : [])])
  const available = panels.filter(({ id }) => !absent.has(id))
  const shown = available.find((panel) => panel.id === open)
  return (
    <>
      {shown !== undefined && (
        <section id="phone-panel" className={styles['sheet']} aria-label={shown.title}>
          {shown.content}
        </section>
      )}
      <nav className={styles['tabs']} aria-label="Panels">
        {available.map((panel) => (
          <button
            key={panel.id}
            type="button"
            className={styles['tab']}
            aria-expanded={panel.id === open}
            aria-controls="phone-panel"
            onClick={() => session.setState({ phonePanel: panel.id === open ? undefined : panel.id })}
          >
            {panel.icon}
            {panel.title}
          </button>
        ))}
      </nav>
    </>
  )
}
