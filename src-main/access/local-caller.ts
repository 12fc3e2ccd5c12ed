import type { Caller } from '../../src-shared/access.ts'

/** Whoever sits at the microscope: the desktop window, and programs on this computer. */
export const localCaller: Caller = { id: 'local', role: 'owner', label: 'This computer', address: '' }
