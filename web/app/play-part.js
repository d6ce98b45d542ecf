/** Playing a part of a recording, and no more. */
import { playback } from './playback.js';
import { effect, store, until } from './store.js';

/** A position that is this far from the expected one was chosen by the user. */
const MOVED_S = 0.5;

let stop = () => {};

/**
 * Play a recording as soon as its sound is loaded.
 * @param {string} id of its transcript
 * @param {number} at_s
 */
export async function playFrom(id, at_s) {
  await until(() => store.player.id === id && store.player.ready);
  playback.playFrom(at_s);
}

/**
 * Play from one moment to another, unless the user goes elsewhere meanwhile.
 * @param {number} start_s
 * @param {number} end_s
 */
export function playPart(start_s, end_s) {
  stop();
  const from_s = Math.max(0, start_s);
  playback.playFrom(from_s);
  let begun = false;
  const done = effect(() => {
    const { paused } = store.player;
    const at_s = store.position_s ?? from_s;
    if (!begun) {
      begun = !paused && at_s >= from_s && at_s < end_s;
      return;
    }
    const left = at_s < from_s - MOVED_S || at_s > end_s + MOVED_S;
    if (!paused && !left && at_s < end_s) return;
    // At its first run there is nothing to end yet.
    queueMicrotask(() => {
      end();
      if (!paused && !left && !store.player.paused) playback.toggle();
    });
  });
  const end = () => {
    done();
    if (stop === end) stop = () => {};
  };
  stop = end;
}
