import './zod-without-eval.ts'
import '@mantine/core/styles.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { callFailure } from './backend/call-failure.ts'
import { chooseBackend } from './backend/choose-backend.ts'
import { admission, secretOf } from './backend/join.ts'
import { createPanes } from './create-panes.ts'
import { PanesContext } from './services.ts'
import { theme } from './theme.ts'
import { ActivePane } from './views/active-pane.tsx'
import { App } from './views/app.tsx'
import { JoinPage } from './views/join-page.tsx'
import { StartFailure } from './views/start-failure.tsx'

/** The nonce that the host put into the page for the styles that Mantine adds at run time. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

/** A link that is opened where the app is already open changes only the part after `#`. */
function followLinks(): void {
  window.addEventListener('hashchange', () => {
    if (secretOf(window.location.hash) !== undefined) window.location.reload()
  })
}

async function content() {
  try {
    const backend = await chooseBackend(window)
    if (backend.remote) {
      followLinks()
      const admitted = await admission(window, () => backend.client.access.session())
      if (admitted.state === 'asked') {
        const title =
          admitted.failure === undefined ? 'This microscope is shared by link' : 'The link does not open'
        return <JoinPage title={title} failure={admitted.failure} />
      }
    }
    return (
      <PanesContext value={createPanes(backend, window)}>
        <ActivePane>
          <App />
        </ActivePane>
      </PanesContext>
    )
  } catch (error) {
    console.error(error)
    return <StartFailure failure={callFailure(error)} />
  }
}

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root.')
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="dark" getStyleNonce={styleNonce}>
      {await content()}
    </MantineProvider>
  </StrictMode>,
)
