/** The page's start: what index.html painted comes alive, then Python is started. */
import './elements/audio-player.js';
import './elements/boot-panel.js';
import './elements/details-dialog.js';
import './elements/drop-zone.js';
import './elements/find-dialog.js';
import './elements/highlights-dialog.js';
import './elements/hint-line.js';
import './elements/history-list.js';
import './elements/passphrase-dialog.js';
import './elements/privacy-line.js';
import './elements/question-dialog.js';
import './elements/export-dialog.js';
import './elements/redactions-dialog.js';
import './elements/rerun-dialog.js';
import './elements/search-box.js';
import './elements/search-filters.js';
import './elements/search-results.js';
import './elements/row-selection.js';
import './elements/settings-dialog.js';
import './elements/speakers-panel.js';
import './elements/shortcut-list.js';
import './elements/status-chip.js';
import './elements/team-list.js';
import './elements/toast-stack.js';
import './elements/transcript-head.js';
import './elements/transcript-view.js';
import './elements/versions-dialog.js';
import { openSettings } from './actions.js';
import { earwitness } from './api.js';
import { startAppearance } from './appearance.js';
import { startDropVeil } from './drop-veil.js';
import { receive, startEffects } from './effects.js';
import { startHeadScroll } from './head-scroll.js';
import { startInput } from './input.js';
import { startLaunch } from './launch.js';
import { library } from './library-client.js';
import { startLibrarySheet } from './library-sheet.js';
import { startMediaSession } from './media-session.js';
import { startOffline } from './offline.js';
import { recentTranscripts, storedSettings } from './snapshot.js';
import { kept, store, update } from './store.js';

performance.mark('page ready');
window.earwitness = earwitness;

library.start(receive);
void recentTranscripts().then((list) => {
  if (!store.listed) update(kept(...list));
});
void storedSettings().then((stored) => update({ stored }));

startAppearance();
startInput();
// The effects put the address of what is on show in the place of the one that was opened.
startLaunch();
startEffects();
startOffline();
startLibrarySheet();
startHeadScroll();
startDropVeil();
startMediaSession();

document.querySelector('#open-settings')?.addEventListener('click', openSettings);
