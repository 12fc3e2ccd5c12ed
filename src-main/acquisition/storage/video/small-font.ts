/** Letters of 5 × 7 dots, as far as time stamps and scale bars need them. */

/** Pixels of a character across, without the space to the next one. */
export const glyphWidth = 5
/** Pixels of a character from top to bottom. */
export const glyphHeight = 7

/** Rows from the top, `#` is ink. */
const glyphs: Readonly<Record<string, readonly string[]>> = {
  '0': [' ### ', '#   #', '#  ##', '# # #', '##  #', '#   #', ' ### '],
  '1': ['  #  ', ' ##  ', '  #  ', '  #  ', '  #  ', '  #  ', ' ### '],
  '2': [' ### ', '#   #', '    #', '   # ', '  #  ', ' #   ', '#####'],
  '3': ['#####', '   # ', '  #  ', '   # ', '    #', '#   #', ' ### '],
  '4': ['   # ', '  ## ', ' # # ', '#  # ', '#####', '   # ', '   # '],
  '5': ['#####', '#    ', '#### ', '    #', '    #', '#   #', ' ### '],
  '6': ['  ## ', ' #   ', '#    ', '#### ', '#   #', '#   #', ' ### '],
  '7': ['#####', '    #', '   # ', '  #  ', ' #   ', ' #   ', ' #   '],
  '8': [' ### ', '#   #', '#   #', ' ### ', '#   #', '#   #', ' ### '],
  '9': [' ### ', '#   #', '#   #', ' ####', '    #', '   # ', ' ##  '],
  ':': ['     ', '  #  ', '  #  ', '     ', '  #  ', '  #  ', '     '],
  '.': ['     ', '     ', '     ', '     ', '     ', ' ##  ', ' ##  '],
  m: ['     ', '     ', '## # ', '# # #', '# # #', '# # #', '# # #'],
  n: ['     ', '     ', '# ## ', '##  #', '#   #', '#   #', '#   #'],
  µ: ['     ', '     ', '#   #', '#   #', '#  ##', '### #', '#    '],
}

/** The places of `letter`'s ink, from its upper left corner; a letter that is not in the font is a blank. */
export function inkOf(letter: string): readonly { readonly x: number; readonly y: number }[] {
  const rows = glyphs[letter] ?? []
  return rows.flatMap((row, y) => row.split('').flatMap((dot, x) => (dot === '#' ? [{ x, y }] : [])))
}
