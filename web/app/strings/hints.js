/** Hints for the first text that someone reads, each shown once. */

/** Without a keyboard there are no keys to name. */
const touch = matchMedia('(pointer: coarse)').matches;

export const hint = 'Hint';
export const dismiss = 'Hide this hint';
export const clickToHear = touch ? 'Tap any word to hear it.' : 'Click any word to hear it.';
export const goThroughDoubts = touch
  ? 'The dotted words are doubtful: “Next” plays them one by one.'
  : 'Press N: the dotted words are doubtful, and it plays them one by one.';
export const copyQuote = touch
  ? 'Select a quote, and copy it with its time and name.'
  : 'Select a quote and press Q: it is copied with its time and name.';
