/** A passage with its time, its speaker and its recording, to be pasted into a text. */
/** @import { TranscriptSummary } from '../generated/messages' */
import { addressOf } from './address.js';
import { clock } from './format.js';
import { reader } from './reader.js';
import { summaryOf } from './store.js';
import { quoteCopied } from './strings/notes.js';
import * as t from './strings/transcript.js';
import { note, tellError } from './toasts.js';

/**
 * @typedef {object} Passage
 * @property {string} text
 * @property {string | null} speaker
 * @property {readonly { start_s: number, end_s: number }[]} spoken its words, in order
 */

/**
 * @param {readonly Passage[]} passages paragraph by paragraph
 * @param {Pick<TranscriptSummary, 'id' | 'name' | 'created_at'>} recording
 * @param {string} page address of the page without its fragment
 * @returns {{ plain: string, html: string }}
 */
export function quote(passages, { id, name, created_at }, page) {
  const spoken = passages.flatMap((passage) => passage.spoken);
  const start_s = spoken[0]?.start_s ?? 0;
  const end_s = spoken.at(-1)?.end_s ?? start_s;
  const [from, to] = [clock(start_s), clock(end_s)];
  const speakers = [...new Set(passages.map(({ speaker }) => speaker))];
  const [only] = speakers.length === 1 ? speakers : [];
  const lines = passages.map(({ text, speaker }) =>
    only || !speaker ? text : t.speakerSays(speaker, text),
  );
  const parts = {
    speaker: only ?? '',
    time: from === to ? from : `${from}–${to}`,
    title: title(name),
    date: day(created_at),
  };
  const link = `${page}${addressOf(id, start_s)}`;
  const rich = {
    ...parts,
    speaker: escaped(parts.speaker),
    time: `<a href="${escaped(link)}">${parts.time}</a>`,
    title: `<cite>${escaped(parts.title)}</cite>`,
  };
  return {
    plain: t.quoted(lines.join('\n'), parts),
    html: `<p>${t.quoted(lines.map(escaped).join('<br>'), rich)}</p>`,
  };
}

/** Copy what is selected, else the sentence with the focus or the one that plays. */
export async function copyQuote() {
  const text = reader.value;
  const summary = text && summaryOf(text.transcript);
  const passages = text?.passage ?? [];
  if (!summary || !passages.length) return;
  const { plain, html } = quote(passages, summary, location.href.split('#')[0] ?? '');
  try {
    if (typeof ClipboardItem === 'function') {
      const blob = (/** @type {string} */ data, /** @type {string} */ type) =>
        new Blob([data], { type });
      const item = new ClipboardItem({
        'text/plain': blob(plain, 'text/plain'),
        'text/html': blob(html, 'text/html'),
      });
      await navigator.clipboard.write([item]);
    } else await navigator.clipboard.writeText(plain);
    note(quoteCopied);
  } catch (thrown) {
    tellError(thrown);
  }
}

/** A recording's name without the ending of a file. @param {string} name */
const title = (name) => name.replace(/(?<=\S)\.[a-z][a-z0-9]{1,4}$/i, '');

/** @param {string} iso */
function day(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** @param {string} text @returns {string} for HTML */
function escaped(text) {
  const names = /** @type {Record<string, string>} */ ({
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  });
  return text.replace(/[&<>"]/g, (character) => names[character] ?? '');
}
