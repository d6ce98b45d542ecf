import { html, nothing } from 'lit';
import { RUNNING } from '../../generated/constants.js';
import { clock } from '../format.js';
import { store, summaryOf, update } from '../store.js';
import * as t from '../strings/transcript.js';
import { View } from '../view.js';

/** Brings the view back to what plays, or to new text, after the reader has scrolled away. */
class FollowButton extends View {
  render() {
    const { following, player, shownId } = store;
    if (following || !shownId) return nothing;
    const plays = player.id === shownId && !player.paused;
    if (!plays && !RUNNING.has(summaryOf(shownId)?.job.state ?? 'done')) return nothing;
    return html`
      <button
        type="button"
        class="small"
        @click=${() => update({ following: plays ? 'player' : 'end' })}
      >
        ${plays ? t.backTo(clock(store.position_s ?? 0)) : t.newestText}
      </button>
    `;
  }
}

customElements.define('ew-follow-button', FollowButton);
