/** The page's start: what index.html painted comes alive, then Python is started. */
import './elements/boot-panel.js';
import './elements/download-dialog.js';
import './elements/drop-zone.js';
import './elements/history-list.js';
import './elements/privacy-line.js';
import './elements/search-box.js';
import './elements/search-filters.js';
import './elements/search-place.js';
import './elements/search-results.js';
import './elements/server-dialog.js';
import './elements/settings-dialog.js';
import './elements/status-chip.js';
import './elements/toast-stack.js';
import './elements/transcript-view.js';
import { refresh } from './actions.js';
import { earwitness } from './api.js';
import { library } from './library-client.js';
import { startLongFiles } from './long-files.js';
import { startMenus } from './menus.js';
import { startOffline } from './offline.js';
import { startProgressSigns } from './progress-signs.js';
import { startRouting } from './route.js';
import { recentTranscripts, storedSettings } from './snapshot.js';
import { state } from './state.js';
import { startStorageWatch } from './storage-watch.js';

performance.mark('page ready');
window.earwitness = earwitness;

state.addEventListener('boot', () => {
  if (state.stage === 'ready') void refresh();
});
library.start();
void recentTranscripts().then((list) => {
  if (state.listed) return;
  list.forEach((summary) => {
    state.keep(summary);
  });
});

void storedSettings().then((stored) => {
  state.stored = stored;
  state.changed('status');
});

startRouting();
startMenus();
startLongFiles();
startProgressSigns(/** @type {HTMLElement} */ (document.querySelector('#announcer')));
startOffline();
startStorageWatch();

document.querySelector('#open-settings')?.addEventListener('click', () => {
  const dialog = document.querySelector('ew-settings-dialog');
  /** @type {import('./elements/settings-dialog.js').SettingsDialog} */ (dialog).open();
});
