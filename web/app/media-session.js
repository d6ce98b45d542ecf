/** The controls of the system: the lock screen, keys of a headset or keyboard. */
import { playback } from './playback.js';
import { effect, store, summaryOf } from './store.js';

const ALBUM = 'Earwitness';
const ARTWORK = [192, 512].map((size_px) => ({
  src: `icons/icon-${size_px}.png`,
  sizes: `${size_px}x${size_px}`,
  type: 'image/png',
}));

/** Tell the system what plays, and let it play and pause. */
export function startMediaSession() {
  const session = navigator.mediaSession;
  if (!session) return;
  /** @type {Partial<Record<MediaSessionAction, MediaSessionActionHandler>>} */
  const actions = {
    play: () => playback.resume(),
    pause: () => playback.pause(),
    seekbackward: () => playback.skip(-1),
    seekforward: () => playback.skip(1),
    seekto: ({ seekTime }) => playback.seek(seekTime ?? 0),
  };
  for (const [name, act] of Object.entries(actions)) {
    try {
      session.setActionHandler(/** @type {MediaSessionAction} */ (name), act);
    } catch {
      // This browser does not know the action.
    }
  }
  effect(() => {
    const { id, ready, paused } = store.player;
    const title = ready ? (summaryOf(id)?.name ?? '') : '';
    session.playbackState = !ready ? 'none' : paused ? 'paused' : 'playing';
    if (!title) session.metadata = null;
    else if (session.metadata?.title !== title) {
      session.metadata = new MediaMetadata({ title, album: ALBUM, artwork: ARTWORK });
    }
  });
  effect(() => {
    const { ready, length_s, speed, paused } = store.player;
    // While it plays the system counts by itself.
    const position = paused ? (store.position_s ?? 0) : playback.position_s;
    if (!ready || !length_s) return;
    session.setPositionState?.({
      duration: length_s,
      playbackRate: speed,
      position: Math.min(length_s, position),
    });
  });
}
