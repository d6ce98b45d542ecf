import { html, nothing } from 'lit';
import { size } from '../format.js';
import { state } from '../state.js';

/** What the big pane says while nothing is open. */
export const welcome = () => html`
  <div class="welcome">
    <h1>Every word, with its time</h1>
    <p>Choose recordings or drop them anywhere on this page: audio or video, as many as you like.</p>
    ${
      (state.status?.settings ?? state.stored)?.where === 'device' ||
      !(state.status ?? state.stored)
        ? html`<p>They are transcribed one after the other, right here. Nothing is uploaded.</p>`
        : html`<p>Where they are transcribed is said above, and chosen in the settings.</p>`
    }
    <p>What was said is kept on this device, and the search finds it again.</p>
    ${firstDownload()}
  </div>
`;

/** Before the first download: what it is and how big. */
function firstDownload() {
  const { models = [], settings } = state.status ?? {};
  const chosen = models.find(({ id }) => id === settings?.model);
  if (!chosen || chosen.cached) return nothing;
  return html`
    <p class="quiet">
      The first recording needs the speech model “${chosen.title}”: ${size(chosen.bytes)}, downloaded
      once from this site. Another one can be chosen in the settings.
    </p>
  `;
}
