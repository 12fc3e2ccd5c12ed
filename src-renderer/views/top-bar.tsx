import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import {
  IconCommand,
  IconKeyboard,
  IconLayoutSidebar,
  IconLayoutSidebarRight,
  IconMoon,
  IconSun,
} from '@tabler/icons-react'
import { useEffect } from 'react'
import { changeSettings } from '../actions/device-actions.ts'
import { useEngine, useServices, useView } from '../services.ts'
import { isOwner, mayOperate } from '../stores/permission.ts'
import { patchPanels } from '../stores/view-store.ts'
import logo from '../icon.svg'
import { AlertsMenu } from './alerts-menu.tsx'
import { ControlBar } from './control-bar.tsx'
import { PlaceTabs } from './place-tabs.tsx'
import { ShareButton } from './share/share-button.tsx'
import styles from './top-bar.module.css'

/** Name, and what concerns the whole window. */
export function TopBar({ phone }: { readonly phone: boolean }) {
  const { session } = useServices()
  const live = useView((state) => state.place === 'live')
  const demo = useEngine((state) => state.devices.length > 0 && state.devices.every((device) => device.demo))
  return (
    <header className={styles['bar']}>
      <img className={styles['logo']} src={logo} width={20} height={20} alt="" />
      <h1 className={styles['name']}>Coverslip</h1>
      <PlaceTabs />
      {demo && !phone && (
        <Tooltip label="The devices are simulated. Everything can be tried; nothing can break.">
          <span className={styles['demo']}>Demo microscope</span>
        </Tooltip>
      )}
      <div className={styles['tools']}>
        <ConnectionState />
        {!phone && <ControlBar />}
        <ShareButton />
        {!phone && (
          <>
            <Tooltip label="Commands (Ctrl K)">
              <ActionIcon
                aria-label="Command palette"
                onClick={() => session.setState({ openSheet: 'commands' })}
              >
                <IconCommand size={17} stroke={1.6} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Keyboard shortcuts (?)">
              <ActionIcon
                aria-label="Keyboard shortcuts"
                onClick={() => session.setState({ openSheet: 'shortcuts' })}
              >
                <IconKeyboard size={18} stroke={1.6} />
              </ActionIcon>
            </Tooltip>
            {live && <PanelToggles />}
          </>
        )}
        <AlertsMenu />
        <ThemeToggle />
      </div>
    </header>
  )
}

function ConnectionState() {
  const state = useEngine((engine) => engine.connection.state)
  if (state === 'connected') return null
  if (state === 'refused') return null
  return <span className={styles['connection']}>{state === 'lost' ? 'Not connected' : 'Connecting…'}</span>
}

function PanelToggles() {
  const { view } = useServices()
  const { leftOpen, rightOpen } = useView((state) => state.panels)
  return (
    <>
      <Tooltip label="Left panel ([)">
        <ActionIcon
          aria-label="Left panel"
          aria-pressed={leftOpen}
          onClick={() => patchPanels(view, { leftOpen: !leftOpen })}
        >
          <IconLayoutSidebar size={17} stroke={1.6} opacity={leftOpen ? 1 : 0.5} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Right panel (])">
        <ActionIcon
          aria-label="Right panel"
          aria-pressed={rightOpen}
          onClick={() => patchPanels(view, { rightOpen: !rightOpen })}
        >
          <IconLayoutSidebarRight size={17} stroke={1.6} opacity={rightOpen ? 1 : 0.5} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}

/** Where Mantine remembers what was chosen in this browser. */
const schemeKey = 'mantine-color-scheme-value'

function ThemeToggle() {
  const services = useServices()
  const { setColorScheme } = useMantineColorScheme()
  const shown = useComputedColorScheme('dark')
  const preferred = useEngine((state) => state.settings?.theme)
  useEffect(() => {
    // What was chosen in this browser comes before what the microscope computer prefers.
    if (preferred !== undefined && localStorage.getItem(schemeKey) === null) {
      document.documentElement.setAttribute('data-mantine-color-scheme', preferred)
    }
  }, [preferred])
  const other = shown === 'dark' ? 'light' : 'dark'
  return (
    <Tooltip label={`Use ${other} colours`}>
      <ActionIcon
        aria-label={`Use ${other} colours`}
        onClick={() => {
          setColorScheme(other)
          // Others choose for their own browser only.
          const state = services.engine.getState()
          if (isOwner(state) && mayOperate(state)) void changeSettings(services, { theme: other })
        }}
      >
        {shown === 'dark' ? <IconSun size={17} stroke={1.6} /> : <IconMoon size={17} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  )
}
