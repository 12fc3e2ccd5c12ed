import './zod-without-eval.ts'
import '@mantine/core/styles.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { callFailure } from './backend/call-failure.ts'
import { chooseBackend } from './backend/choose-backend.ts'
import { createServices } from './create-services.ts'
import { ServicesContext } from './services.ts'
import { theme } from './theme.ts'
import { App } from './views/app.tsx'
import { StartFailure } from './views/start-failure.tsx'

/** The nonce that the host put into the page for the styles that Mantine adds at run time. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

async function content() {
  try {
    const services = createServices(await chooseBackend(window), window)
    return (
      <ServicesContext value={services}>
        <App />
      </ServicesContext>
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
