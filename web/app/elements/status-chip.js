import { html } from 'lit';
import { percent } from '../format.js';
import { jobFraction } from '../job-text.js';
import { state } from '../state.js';
import { View } from '../view.js';

/** Text and colour of the state of the house, in one short phrase. */
function chip() {
  if (state.stage === 'failed') return { tone: 'bad', text: 'Could not start' };
  if (state.stage === 'library') return { tone: 'busy', text: 'Opening the library' };
  if (state.stage !== 'ready') return { tone: 'busy', text: 'Starting' };
  const [first] = state.queue;
  if (first?.job.state === 'transcribing') {
    const fraction = jobFraction(first.job);
    return {
      tone: 'busy',
      text: fraction === null ? 'Transcribing' : `Transcribing ${percent(fraction)} %`,
    };
  }
  if (first?.job.state === 'loading') {
    return { tone: 'busy', text: first.job.server ? 'Sending to the server' : 'Loading model' };
  }
  if (first?.job.state === 'pausing') return { tone: 'busy', text: 'Pausing' };
  if (!navigator.onLine) return { tone: 'good', text: 'Ready, offline' };
  return { tone: 'good', text: worksOffline() ? 'Ready, works offline' : 'Ready' };
}

/** The page is kept, and so is the model that the next recording needs. */
function worksOffline() {
  const { models = [], settings } = state.status ?? {};
  return state.offline.ready && models.some(({ id, cached }) => cached && id === settings?.model);
}

class StatusChip extends View {
  static topics = /** @type {const} */ (['boot', 'status', 'library', 'offline']);

  render() {
    const { tone, text } = chip();
    return html`<span class="chip" data-tone=${tone}>${text}</span>`;
  }
}
customElements.define('ew-status-chip', StatusChip);
