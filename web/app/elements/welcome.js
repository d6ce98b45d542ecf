import { html, nothing } from 'lit';
import { size } from '../format.js';
import { store } from '../store.js';
import * as t from '../strings/page.js';

/** What the big pane says while nothing is open. */
export function welcome() {
  const settings = store.status?.settings ?? store.stored;
  const here = (settings?.where ?? 'device') === 'device';
  return html`
    <div class="welcome">
      <h1>${t.welcome}</h1>
      <p>${t.howTo}</p>
      <p>${here ? t.transcribedHere : t.transcribedAsSettingsSay}</p>
      <p>${t.keptHere}</p>
      ${firstDownload()}
    </div>
  `;
}

/** Before the first download: what it is and how big. */
function firstDownload() {
  const { models = [], settings } = store.status ?? {};
  const chosen = models.find(({ id }) => id === settings?.model);
  if (!chosen || chosen.cached) return nothing;
  return html`<p class="quiet">${t.firstDownload(chosen.title, size(chosen.bytes))}</p>`;
}
