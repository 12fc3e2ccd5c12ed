/** Names of the window's panes, and of the ways in which they lie. */

/** Places for views. In the layout of four, `a` and `b` are the upper row, `c` and `d` the lower one. */
export const paneIds = ['a', 'b', 'c', 'd'] as const
/** Place of a view. */
export type PaneId = (typeof paneIds)[number]

/** One view; two side by side; two, one above the other; two rows of two. */
export const layouts = ['one', 'columns', 'rows', 'four'] as const
/** An arrangement of views. */
export type Layout = (typeof layouts)[number]
