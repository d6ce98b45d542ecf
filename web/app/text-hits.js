/** What the standing search finds in the transcript on show, and the way from hit to hit. */
/** @import { Hit } from '../generated/messages' */
/** @import { Span } from './paragraph-text.js' */
import { SNIPPET_BEGIN, SNIPPET_END } from '../generated/constants.js';
import { library } from './library-client.js';
import { reader } from './reader.js';
import { placesOf } from './scripts.js';
import { effect, signal, store, untracked } from './store.js';

const MARKED = new RegExp(`${SNIPPET_BEGIN}([^${SNIPPET_END}]*)${SNIPPET_END}`, 'g');
/** As many hits as the library gives. */
const MOST = 500;

/** The hits in one text, in the order of the text. */
class TextHits {
  /**
   * @param {string} id of the transcript
   * @param {string} query
   * @param {readonly Hit[]} list each with a segment
   * @param {number} at index of the hit at which the user is; -1: at none
   */
  constructor(id, query, list, at = -1) {
    this.id = id;
    this.query = query;
    this.list = list;
    this.at = at;
    /** @type {ReadonlyMap<number, number>} */
    this.bySegment = new Map(list.map(({ segment }, index) => [segment ?? -1, index]));
  }

  /** @param {number} at */
  moved(at) {
    return new TextHits(this.id, this.query, this.list, at);
  }

  /**
   * The found words of a sentence.
   * @param {number} hit
   * @param {string} text of the sentence
   * @returns {Span[]}
   */
  spans(hit, text) {
    const snippet = this.list[hit]?.snippet ?? '';
    const words = new Set([...snippet.matchAll(MARKED)].map(([, word]) => word ?? ''));
    /** @type {Span[]} */
    const spans = [];
    for (const word of words) {
      if (!word) continue;
      for (const begin of placesOf(text, word)) spans.push({ begin, end: begin + word.length });
    }
    return spans;
  }
}

/** Null while no search stands, or the user has put its marks away. */
export const hits = signal(/** @type {TextHits | null} */ (null));

/** The search whose marks were put away, and where. */
let dismissed = '';

/** Ask for the hits in the text on show whenever the search or the text has changed. */
export function startTextHits() {
  effect(() => {
    const { found, query } = store;
    const id = store.opened?.transcript?.id;
    // Each answer of the search is a new one: also when the library has changed.
    untracked(() => {
      const wanted = query.trim();
      if (!id || !found || !wanted) hits.value = null;
      else if (dismissed !== `${id} ${wanted}`) void ask(id, wanted);
    });
  });
}

/** @param {string} id @param {string} query */
async function ask(id, query) {
  try {
    const request = { type: /** @type {const} */ ('search'), query, limit: MOST };
    const found = await library.request({ ...request, transcript_id: id });
    if (store.opened?.id !== id || store.query.trim() !== query) return;
    const list = found.hits.filter(({ segment }) => segment !== null);
    list.sort((a, b) => (a.segment ?? 0) - (b.segment ?? 0));
    const before = hits.value;
    const same = before?.id === id && before.query === query;
    const segment = same ? before.list[before.at]?.segment : reached.id === id && reached.segment;
    const at = list.findIndex((hit) => hit.segment === segment);
    hits.value = list.length ? new TextHits(id, query, list, at) : null;
  } catch {
    // The results beside the text say what is wrong.
    hits.value = null;
  }
}

/** Where an address has led, perhaps before the hits are known. */
let reached = { id: '', segment: -1 };

/**
 * The user has followed an address to this sentence.
 * @param {string} id of the transcript
 * @param {number} segment
 * @returns {boolean} whether it is a hit, or may become one
 */
export function reachHit(id, segment) {
  reached = { id, segment };
  const found = hits.value;
  const index = found?.id === id ? found.bySegment.get(segment) : undefined;
  if (found && index !== undefined) hits.value = found.moved(index);
  return index !== undefined;
}

/** Go to another hit in the text. @param {1 | -1} step */
export function stepHit(step) {
  const found = hits.value;
  const text = reader.value;
  if (!found || !text || text.transcript !== found.id) return;
  const { list, at } = found;
  const from = text.sentence;
  const near =
    step > 0
      ? list.findIndex(({ segment }) => (segment ?? 0) >= from)
      : list.findLastIndex(({ segment }) => (segment ?? 0) <= from);
  const next = at >= 0 ? at + step : near;
  const index = (next + list.length) % list.length;
  const hit = list[index];
  hits.value = found.moved(index);
  if (hit) void text.go(hit.segment ?? 0, { at_s: hit.start_s });
}

/** Put the marks away until something else is searched for. */
export function dismissHits() {
  const found = hits.value;
  if (!found) return;
  dismissed = `${found.id} ${found.query}`;
  hits.value = null;
}
