import type { PageServices } from '../services.ts'
import { withoutStrangers } from './layout.ts'

/** Once the page knows the microscope, drops a remembered arrangement that is of another one (see `withoutStrangers`). */
export function forgetStrangers({ engine, view }: Pick<PageServices, 'engine' | 'view'>): void {
  const end = engine.subscribe((state) => {
    if (!state.synchronised) return
    end()
    view.setState(withoutStrangers(state, view.getState()))
  })
}
