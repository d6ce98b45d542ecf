/** On narrow screens the line over the text makes room for the text while one reads on. */

/** A movement of the finger that is meant. */
const MEANT_PX = 12;

/** Hide the line when the page is scrolled down, and show it when it is scrolled up. */
export function startHeadScroll() {
  let turn = 0;
  let last = 0;
  let down = false;
  addEventListener(
    'scroll',
    () => {
      const now = Math.max(0, scrollY);
      if (now > last !== down) turn = last;
      down = now > last;
      last = now;
      if (Math.abs(now - turn) < MEANT_PX && now > 0) return;
      document.body.toggleAttribute('data-reading', down && now > 0);
    },
    { passive: true },
  );
}
