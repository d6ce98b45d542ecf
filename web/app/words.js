/** What the keys do to the selected words, or to the paragraph at which the user is. */
/** @import { ParagraphView } from './elements/paragraph-view.js' */
import { change, noteChange } from './history.js';
import { announce, reader } from './reader.js';
import { speakersShown } from './speakers.js';
import { store } from './store.js';
import * as t from './strings/editing.js';
import { note } from './toasts.js';

/** @typedef {import('./paragraph-text.js').Span} Span */

/**
 * Let a speaker say the selected words, or the paragraph that plays or has the focus.
 * @param {number} number of the speaker, from 1 on; 0: nobody known
 */
export async function giveTo(number) {
  const text = reader.value;
  const [first, last] = ends();
  if (!text || !first || !last) return;
  const speakers = speakersShown();
  const speaker = number ? speakers[number - 1] : undefined;
  if (number > speakers.length + 1) return void note(t.noSuchSpeaker(number));
  const name = number && !speaker ? t.newSpeaker(number) : '';
  const selected = text.selection.length > 0;
  const done = await change({
    type: 'assign-words',
    transcript_id: text.transcript,
    first: first.segment,
    start: first.at,
    last: last.segment,
    stop: last.at,
    speaker: speaker?.id ?? '',
    name,
  });
  if (!done) return;
  announce(t.givenTo(number ? (speaker?.name ?? name) : ''));
  if (selected) getSelection()?.removeAllRanges();
  // While it plays, the next paragraph comes by itself.
  else if (store.player.paused) text.step(1);
}

/** Delete the selected words, or the sentence at which the user is, and go on. */
export async function strike() {
  const text = reader.value;
  const { transcript } = store.opened ?? {};
  if (!text || !transcript) return;
  const parts = text.selection;
  const { id: transcript_id, revision } = transcript;
  const segment = text.sentence;
  const retype = parts.map(({ view, span }) => without(view, span));
  if (!parts.length && segment < 0) return;
  const what = parts.length ? { retype } : { delete: [segment] };
  getSelection()?.removeAllRanges();
  const struck = parts.length ? '' : (transcript.segments[segment]?.text.trim() ?? '');
  const done = await change({ type: 'update', transcript_id, revision, ...what });
  if (done?.what)
    noteChange(
      struck ? t.struck(struck) : `${done.what}.`,
      transcript_id,
      done.transcript.revision,
    );
}

/** Redact the selected words: no text and no file has them until the mark is taken away. */
export async function redact() {
  const { transcript } = store.opened ?? {};
  const parts = reader.value?.selection ?? [];
  if (!transcript || !parts.length) return;
  const { id: transcript_id, revision } = transcript;
  const chosen = parts.flatMap(({ view, span }) => redacted(view, span));
  getSelection()?.removeAllRanges();
  const done = await change({ type: 'update', transcript_id, revision, redact: chosen });
  if (done?.what) noteChange(t.redacted, transcript_id, done.transcript.revision);
}

/** The first and the last character that are meant. */
function ends() {
  const text = reader.value;
  const parts = text?.selection ?? [];
  const [begin, end] = [parts[0], parts.at(-1)];
  if (begin && end) return [placed(begin.view, begin.span.begin), placed(end.view, end.span.end)];
  const view = text?.paragraphHere;
  return view ? [placed(view, 0), placed(view, view.paragraph.text.length)] : [];
}

/**
 * @param {ParagraphView} view
 * @param {number} offset of a character of the paragraph
 * @returns {{ segment: number, at: number }} its sentence, and the code points before it there
 */
function placed({ paragraph }, offset) {
  const segment = paragraph.segmentAt(offset);
  const span = paragraph.spanOf(segment);
  const own = paragraph.segments[segment - paragraph.first]?.text.trim() ?? '';
  const inside = own.slice(0, Math.max(0, offset - (span?.begin ?? 0)));
  return { segment, at: [...inside].length };
}

/**
 * @param {ParagraphView} view
 * @param {Span} span
 * @returns {import('../generated/messages').RedactText[]} the characters of each sentence
 */
function redacted(view, span) {
  const [begin, end] = [placed(view, span.begin), placed(view, span.end)];
  const count = end.segment - begin.segment + 1;
  const all = Array.from({ length: count }, (_, index) => {
    const segment = begin.segment + index;
    const own = view.paragraph.segments[segment - view.paragraph.first]?.text.trim() ?? '';
    const from_char = index ? 0 : begin.at;
    const to_char = segment === end.segment ? end.at : [...own].length;
    return { segment, from_char, to_char };
  });
  return all.filter(({ from_char, to_char }) => from_char < to_char);
}

/** @param {ParagraphView} view @param {Span} span @returns {import('../generated/messages').RetypedText} */
function without({ paragraph }, { begin, end }) {
  const { typed, first, segments } = paragraph;
  const [from, to] = [paragraph.typedOffset(begin), paragraph.typedOffset(end)];
  const text = typed.slice(0, from) + typed.slice(to);
  return { first, before: segments.map((segment) => segment.text.trim()), text, join: [] };
}
