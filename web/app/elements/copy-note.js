import { html, nothing } from 'lit';
import { size } from '../format.js';
import { busy, compare, fetchAudio, original, synchronise } from '../originals.js';
import { serverName } from '../server-name.js';
import { store, summaryOf } from '../store.js';
import * as t from '../strings/originals.js';
import { View } from '../view.js';
import { button } from './buttons.js';

/** Above a text that a server has too: what differs, and the ways to bring both together. */
class CopyNote extends View {
  render() {
    const id = store.shownId;
    const summary = summaryOf(id ?? '');
    if (!id || !summary || original.value?.id !== id) return nothing;
    const { unsent, newer, may_change, audio_bytes, error } = original.value.view;
    const { copied, server } = summary.job;
    if (!copied && !unsent && !newer.length) return nothing;
    const name = serverName(server);
    const by = [...new Set(newer.map((version) => version.by).filter(Boolean))];
    const act = { disabled: busy.value };
    return html`
      <div class="copy-note" role="status">
        ${
          unsent
            ? html`<p>
                ${t.unsent(unsent, name)}
                ${error ? t.sendLater : nothing}
                ${may_change ? button(t.send, () => synchronise(id, true), act) : nothing}
                ${may_change || error || busy.value ? nothing : html`<span>${t.mayNotSend(name)}</span>`}
              </p>`
            : copied
              ? html`<p>${t.copyOf(name)}</p>`
              : nothing
        }
        ${
          newer.length
            ? html`<p>
                <bdi>${t.newer(by, name)}</bdi>
                ${button(t.receive, () => synchronise(id, false), act)}
              </p>`
            : nothing
        }
        ${
          audio_bytes
            ? html`<p>
                ${t.recordingThere(size(audio_bytes), name)}
                ${button(t.fetchRecording, () => fetchAudio(id), act)}
              </p>`
            : nothing
        }
        ${
          error
            ? html`<p>
                ${error.message} ${button(t.tryAgain, () => compare(id, true), act)}
              </p>`
            : nothing
        }
      </div>
    `;
  }
}
customElements.define('ew-copy-note', CopyNote);
