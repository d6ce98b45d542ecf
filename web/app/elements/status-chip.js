import { html, nothing } from 'lit';
import { percent } from '../format.js';
import { jobFraction } from '../job-text.js';
import { store } from '../store.js';
import * as t from '../strings/page.js';
import { View } from '../view.js';

/** The page's state in one short phrase, where there is something to say. */
class StatusChip extends View {
  render() {
    const { tone, text } = chip();
    if (!text) return nothing;
    return html`<span class="chip" data-tone=${tone}>${text}</span>`;
  }
}

/** @returns {{ tone: 'good' | 'busy' | 'bad', text: string }} */
function chip() {
  if (store.stage === 'failed') return { tone: 'bad', text: t.couldNotStart };
  if (store.stage === 'library') return { tone: 'busy', text: t.openingLibrary };
  if (store.stage !== 'ready') return { tone: 'busy', text: t.starting };
  const [first] = store.queue;
  if (first?.job.state === 'transcribing') {
    const fraction = jobFraction(first.job);
    const text = fraction === null ? t.transcribing : t.transcribingPercent(percent(fraction));
    return { tone: 'busy', text };
  }
  if (first?.job.state === 'loading') {
    return { tone: 'busy', text: first.job.server ? t.sendingToServer : t.loadingModel };
  }
  if (first?.job.state === 'pausing') return { tone: 'busy', text: t.pausing };
  if (!navigator.onLine) return { tone: 'good', text: t.noConnection };
  return { tone: 'good', text: worksOffline() ? t.worksOffline : '' };
}

/** The page is kept, and so is the model that the next recording needs. */
function worksOffline() {
  const { models = [], settings } = store.status ?? {};
  return store.offlineReady && models.some(({ id, cached }) => cached && id === settings?.model);
}
customElements.define('ew-status-chip', StatusChip);
