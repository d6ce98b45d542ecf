import { html, nothing } from 'lit';
import { confirmSpeaker, doubts, nextUncertain, stepDoubt, uncertain } from '../doubts.js';
import { openHeard } from '../heard.js';
import { showsDoubts } from '../preferences.js';
import { store } from '../store.js';
import * as heard from '../strings/heard.js';
import * as highlights from '../strings/highlights.js';
import * as t from '../strings/transcript.js';
import { highlightsShown } from '../text-highlights.js';
import { dismissHits, hits, stepHit } from '../text-hits.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import { openHighlights } from './highlights-dialog.js';

/** Above the text: how many words and speakers are doubtful, and the way through what the search found. */
class TextNotes extends View {
  render() {
    const id = store.shownId;
    const { id: doubted, count, at: doubtAt } = doubts.value;
    const doubtful = showsDoubts.value && doubted === id && count > 0;
    const { id: voiced, stretches, at } = uncertain.value;
    const voices = showsDoubts.value && voiced === id && stretches.length > 0;
    const found = hits.value?.id === id ? hits.value : null;
    const marked = store.opened?.id === id ? highlightsShown().length : 0;
    if (!doubtful && !voices && !found && !marked) return nothing;
    return html`
      <div class="text-notes">
        ${
          doubtful
            ? html`<p>
                ${t.wordsToCheck(count)}
                ${button(t.nextDoubt, () => stepDoubt(1), { title: t.nextDoubtTitle })}
                ${doubtAt ? button(heard.title, openHeard, { title: t.withKey(heard.openTitle, 'W') }) : nothing}
              </p>`
            : nothing
        }
        ${
          voices
            ? html`<p>
                ${t.speakersToCheck(stretches.length)}
                ${button(t.nextDoubt, nextUncertain, { title: t.nextUncertain })}
                ${at ? button(t.right, confirmSpeaker, { title: t.speakerIsRight }) : nothing}
              </p>`
            : nothing
        }
        ${
          marked
            ? html`<p>${button(highlights.count(marked), openHighlights, { title: highlights.highlights })}</p>`
            : nothing
        }
        ${
          found
            ? html`<fieldset aria-label=${t.hitsInText}>
                <span>${t.hitOf(found.at + 1, found.list.length)}</span>
                <button type="button" class="small" aria-label=${t.previousHit}
                  title=${t.withKey(t.previousHit, t.shiftEnter)} @click=${() => stepHit(-1)}>‹</button>
                <button type="button" class="small" aria-label=${t.nextHit}
                  title=${t.withKey(t.nextHit, t.enter)} @click=${() => stepHit(1)}>›</button>
                <button type="button" class="small" aria-label=${t.hideHits}
                  title=${t.withKey(t.hideHits, t.escapeKey)} @click=${dismissHits}>×</button>
              </fieldset>`
            : nothing
        }
      </div>
    `;
  }
}
customElements.define('ew-text-notes', TextNotes);
