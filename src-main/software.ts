import packageJson from '../package.json' with { type: 'json' }

/** Name and version of this program, as files that it writes say. */
export const software = `Coverslip ${packageJson.version}`
