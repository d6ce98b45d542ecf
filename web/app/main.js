/** The page's start: what index.html painted comes alive, then Python is started. */
import './elements/boot-panel.js';
import './elements/drop-zone.js';
import './elements/history-list.js';
import './elements/privacy-line.js';
import './elements/question-dialog.js';
import './elements/rerun-dialog.js';
import './elements/search-box.js';
import './elements/search-filters.js';
import './elements/search-place.js';
import './elements/search-results.js';
import './elements/settings-dialog.js';
import './elements/shortcut-list.js';
import './elements/status-chip.js';
import './elements/toast-stack.js';
import './elements/transcript-view.js';
import { openSettings } from './actions.js';
import { earwitness } from './api.js';
import { receive, startEffects } from './effects.js';
import { startInput } from './input.js';
import { library } from './library-client.js';
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

startInput();
startEffects();
startOffline();
startMediaSession();

document.querySelector('#open-settings')?.addEventListener('click', openSettings);
