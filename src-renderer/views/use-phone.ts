import { useMediaQuery } from '@mantine/hooks'

/** Below this width the panels lie under the image instead of beside it. */
const narrow = '(max-width: 759px)'

/** Whether the window is as narrow as a phone. */
export function usePhone(): boolean {
  return useMediaQuery(narrow, window.matchMedia(narrow).matches, { getInitialValueInEffect: false })
}
