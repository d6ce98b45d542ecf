/** @import { Highlight, Segment } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { HIGHLIGHT_COLOURS } from '../../generated/constants.js';
import { copy } from '../actions.js';
import { clock } from '../format.js';
import { signal, store } from '../store.js';
import * as t from '../strings/highlights.js';
import { goTo, highlightsShown, show } from '../text-highlights.js';
import { textIn } from '../time-ranges.js';
import { button } from './buttons.js';
import { Dialog, dialogFrame } from './dialog.js';
import { select } from './fields.js';

const ALL = '';

/** @type {import('@preact/signals-core').Signal<boolean>} */
const open = signal(false);

/** List the highlights of the transcript on show. */
export function openHighlights() {
  open.value = true;
}

/** The highlights of the transcript on show: gone to, filtered, copied. */
class HighlightsDialog extends Dialog {
  #label = signal(ALL);
  #colour = signal(ALL);

  render() {
    const { transcript } = store.opened ?? {};
    if (!open.value || !transcript) return nothing;
    const all = highlightsShown();
    const labels = [...new Set(all.flatMap(({ label }) => label || []))].sort();
    const colours = HIGHLIGHT_COLOURS.filter((each) => all.some(({ colour }) => colour === each));
    const label = labels.includes(this.#label.value) ? this.#label.value : ALL;
    const colour = colours.some((each) => each === this.#colour.value) ? this.#colour.value : ALL;
    const listed = all.filter(
      (each) => (!label || each.label === label) && (!colour || each.colour === colour),
    );
    return dialogFrame(
      t.highlights,
      html`
        ${
          all.length
            ? html`<div class="highlight-filters">
                  ${labels.length ? choice(t.label, t.allLabels, labels, label, this.#label) : nothing}
                  ${
                    colours.length > 1
                      ? choice(t.colour, t.allColours, colours, colour, this.#colour)
                      : nothing
                  }
                </div>
                <p role="status" class="quiet">
                  ${listed.length < all.length ? t.countOf(listed.length, all.length) : t.count(all.length)}
                </p>`
            : html`<p class="quiet">${t.none}</p>`
        }
        <ol class="highlight-list">
          ${listed.map((each) => this.#entry(each, transcript.segments))}
        </ol>
      `,
      html`
        <form method="dialog" class="row-buttons">
          ${
            listed.length
              ? button(t.copyAll, () => copy(asText(listed, transcript.segments)))
              : nothing
          }
          <button class="secondary">${t.close}</button>
        </form>
      `,
      'wide',
    );
  }

  closed() {
    open.value = false;
  }

  /** @param {Highlight} highlight @param {readonly Segment[]} segments */
  #entry(highlight, segments) {
    const { id, start_s, colour, label, note } = highlight;
    const at = clock(start_s);
    const go = async (/** @type {boolean} */ edits) => {
      this.querySelector('dialog')?.close();
      await goTo(highlight);
      if (edits) show(id, true);
    };
    const text = textIn(segments, highlight);
    return html`
      <li data-colour=${colour}>
        <button type="button" class="time" aria-label=${t.goTo(at)} @click=${() => go(false)}>
          ${at}
        </button>
        <div>
          <p dir="auto">
            ${text ? html`<mark title=${t.colours[colour]}>${text}</mark>` : html`<em>${t.noWords}</em>`}
            ${label ? html`<span class="highlight-label" dir="auto">${label}</span>` : nothing}
          </p>
          ${note ? html`<p class="highlight-note" dir="auto">${note}</p>` : nothing}
        </div>
        ${button(t.edit, () => go(true), { title: t.showNotes(text.slice(0, 80)) })}
      </li>
    `;
  }
}

/**
 * @param {string} name
 * @param {string} all
 * @param {readonly string[]} values
 * @param {string} chosen
 * @param {{ value: string }} target
 */
const choice = (name, all, values, chosen, target) => {
  const named = (/** @type {string} */ each) =>
    /** @type {Record<string, string>} */ (t.colours)[each] ?? each;
  const list = values.map((each) => /** @type {const} */ ([each, named(each)]));
  return select(name, [[ALL, all], ...list], chosen, {
    change: (value) => {
      target.value = value;
    },
  });
};

/** @param {readonly Highlight[]} list @param {readonly Segment[]} segments */
const asText = (list, segments) =>
  list
    .map((each) =>
      t.asText({
        time: `${clock(each.start_s)}–${clock(each.end_s)}`,
        text: textIn(segments, each),
        label: each.label,
        note: each.note,
      }),
    )
    .join('\n\n');
customElements.define('ew-highlights-dialog', HighlightsDialog);
