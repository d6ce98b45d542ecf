/** Cards beside words of the text. */

/** Between the card and the words. */
const GAP_PX = 8;

/**
 * Put a card below its words, or above them where there is no room.
 * @param {HTMLElement} card
 * @param {DOMRect} words
 */
export function placeCard(card, words) {
  const below = words.bottom + GAP_PX;
  const room = innerHeight - card.offsetHeight - GAP_PX;
  const above = words.top - card.offsetHeight - GAP_PX;
  const y = below <= room ? below : Math.max(GAP_PX, Math.min(above, room));
  const most = innerWidth - card.offsetWidth - GAP_PX;
  const x = Math.max(GAP_PX, Math.min(words.left, most));
  card.style.setProperty('--x', `${Math.round(x)}px`);
  card.style.setProperty('--y', `${Math.round(y)}px`);
}
