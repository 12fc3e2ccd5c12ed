/** Flags for `open`, of files that somebody else may have put there, or put something else in their place. */
import { constants } from 'node:fs'

/** Windows has neither, and makes no links for plain users. */
const atOnce = constants.O_NONBLOCK ?? 0
const withoutLinks = constants.O_NOFOLLOW ?? 0

/** Does not wait for somebody to write into what is no file but a pipe. */
export const readAtOnce = constants.O_RDONLY | atOnce

/**
 * The file itself, and not what a link names. A dataset that somebody got from elsewhere must not show other files of this
 * computer.
 */
export const readWithoutLinks = readAtOnce | withoutLinks

/** Nor must it have them written to. */
export const readAndWriteWithoutLinks = constants.O_RDWR | atOnce | withoutLinks

/** A file of our own, made or written over. */
export const writeOverWithoutLinks =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | atOnce | withoutLinks
