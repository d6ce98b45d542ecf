/**
 * A paragraph while it is typed over: its draft is written at short intervals, and the library is
 * asked to save it once. Python decides which sentences have changed.
 */
/** @import { ErrorKind } from '../generated/messages' */
/** @import { Draft } from './drafts.js' */
import { copy } from './actions.js';
import {
  allDrafts,
  claimDraft,
  deleteDraft,
  readDraft,
  withForgotten,
  writeDraft,
} from './drafts.js';
import { library } from './library-client.js';
import { ask } from './questions.js';
import { viewOf } from './request-error.js';
import { changed, store, until, update } from './store.js';
import * as t from './strings/editing.js';
import { note, tellError } from './toasts.js';

/** What is typed is written this often. */
const WRITTEN_MS = 250;
const CONFLICT = 'EditConflictError';
/** @type {ErrorKind} */
const GONE = 'NotFoundError';
/** After these errors nothing is gained by trying again. @type {ReadonlySet<string>} */
const FINAL = new Set(/** @type {ErrorKind[]} */ ([GONE, 'BadRequestError', 'EditConflictError']));

/**
 * @typedef {'saved' | 'dropped' | 'kept'} Outcome the library has written the text; it will not be
 *   saved, and the user sees why; it stays a draft, which the next visit tries to save
 */

/** One paragraph that is being typed over. */
export class Typing {
  #key = crypto.randomUUID();
  /** @type {(() => void) | null} */
  #release = null;
  #timer = 0;
  /** Reads what stands in the text now; null: nothing that is not written. @type {(() => string) | null} */
  #unwritten = null;
  /** @type {Promise<void>} */
  #writing = Promise.resolve();
  #warned = false;
  /** Whether the latest draft is on the disk. */
  #isStored = false;

  /**
   * @param {string} transcript
   * @param {number} revision of the text on show
   * @param {number} first index of the first sentence
   * @param {readonly string[]} before the sentences as they are
   */
  constructor(transcript, revision, first, before) {
    this.transcript = transcript;
    this.revision = revision;
    this.first = first;
    this.before = before;
    /** Sentences that become one with the next. @type {number[]} */
    this.join = [];
  }

  /**
   * Take sentences before the first one in; the last of them becomes one with it.
   * @param {readonly string[]} sentences
   */
  takeIn(sentences) {
    this.join.unshift(this.first - 1);
    this.first -= sentences.length;
    this.before = [...sentences, ...this.before];
  }

  /**
   * Go on upon a newer text, in which the same sentences stand.
   * @param {number} revision
   * @param {number} first index of the first sentence now
   * @param {readonly string[]} now sentences from there on
   * @returns {boolean} false where other sentences stand there
   */
  moveTo(revision, first, now) {
    if (this.before.some((text, index) => text !== now[index])) return false;
    this.join = this.join.map((segment) => segment + first - this.first);
    this.first = first;
    this.revision = revision;
    return true;
  }

  /** Something was typed. @param {() => string} read what stands there now */
  typed(read) {
    if (!store.drafts.has(this)) update(({ drafts }) => ({ drafts: new Set([...drafts, this]) }));
    this.#unwritten = read;
    this.#timer ||= setTimeout(() => this.flush(), WRITTEN_MS);
  }

  /** Write what was typed, now. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const read = this.#unwritten;
    if (read) this.#write(this.#draft(read()));
  }

  /**
   * Save what was typed. A text that is not saved is on show until the user dismisses it.
   * @param {string} text
   * @returns {Promise<Outcome>}
   */
  async save(text) {
    this.#unwritten = () => text;
    this.flush();
    const isStored = () => this.#writing.then(() => this.#isStored);
    const { outcome, put_away } = await send(this.#draft(text), { isStored });
    this.#end();
    if (outcome === 'kept') this.#letGo();
    else void put_away.then(() => this.discard());
    return outcome;
  }

  /** Nothing of it is needed any more. */
  discard() {
    this.#end();
    this.#writing = this.#writing.then(() => deleteDraft(this.#key)).catch(() => {});
    this.#letGo();
  }

  #end() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#unwritten = null;
    update(({ drafts }) => ({ drafts: new Set([...drafts].filter((each) => each !== this)) }));
  }

  /** Another visit may save the draft from now on. */
  #letGo() {
    void this.#writing.then(() => this.#release?.());
  }

  /** @param {string} text @returns {Draft} */
  #draft(text) {
    const { transcript: transcript_id, revision, first, before, join } = this;
    const paragraph = { first, before: [...before], text, join: [...join] };
    return { key: this.#key, transcript_id, revision, paragraph };
  }

  /** @param {Draft} draft */
  #write(draft) {
    const read = this.#unwritten;
    this.#writing = this.#writing
      .then(() => writeDraft(draft))
      .then(() => {
        this.#isStored = true;
        if (this.#unwritten === read) this.#unwritten = null;
      })
      .catch(() => {
        this.#isStored = false;
        if (!this.#warned) note(t.draftNotKept, { stays: true });
        this.#warned = true;
      });
    this.#release ??= claimDraft(this.#key);
  }
}

/**
 * Ask the library to save a draft.
 * @param {Draft} draft
 * @param {object} [how]
 * @param {boolean} [how.overwrite] what somebody else has made of the same sentences
 * @param {() => Promise<boolean>} [how.isStored] whether the draft is on the disk
 * @returns {Promise<{ outcome: Outcome, put_away: Promise<void> }>} `put_away`: a text that is not
 *   saved is not on show any more
 */
async function send(draft, { overwrite = false, isStored = async () => true } = {}) {
  const { transcript_id, revision, paragraph } = draft;
  const type = /** @type {const} */ ('update');
  const request = { type, transcript_id, revision, retype: [paragraph] };
  try {
    update(changed(await library.request(overwrite ? { ...request, overwrite } : request)));
    return { outcome: 'saved', put_away: Promise.resolve() };
  } catch (thrown) {
    const view = viewOf(thrown);
    const { text } = paragraph;
    if (view.type === CONFLICT && !overwrite) {
      if (await keepsMine(text, view.detail)) {
        return send(draft, { overwrite: true, isStored });
      }
      return { outcome: 'dropped', put_away: offerTyped(text, t.otherKept) };
    }
    const outcome = FINAL.has(view.type) ? 'dropped' : 'kept';
    if (outcome === 'kept') tellError(thrown);
    const later = (await isStored()) ? t.savedLater : t.notStored;
    const why = outcome === 'kept' ? later : `${view.message} ${view.hint}`;
    return { outcome, put_away: offerTyped(text, why) };
  }
}

/**
 * Somebody else has changed the same sentences: ask whose text stays.
 * @param {string} text what was typed
 * @param {string} detail of the error
 * @returns {Promise<boolean>} whether it is the user's
 */
async function keepsMine(text, detail) {
  /** @type {{ conflicts: { yours: string | null, theirs: string }[] }} */
  const { conflicts } = JSON.parse(detail);
  const texts = conflicts.map(({ yours, theirs }) => t.twoTexts(yours ?? text, theirs));
  const view = { type: CONFLICT, message: t.changedElsewhere, hint: texts.join(' '), detail: '' };
  return (await ask({ view, yes: t.keepMine, no: t.keepOther })) === 'yes';
}

/**
 * Show a text that is not saved, and offer to copy it, until the user dismisses it.
 * @param {string} text
 * @param {string} why
 * @returns {Promise<void>} when it is dismissed
 */
export const offerTyped = (text, why) =>
  new Promise((resolve) => {
    const action = { label: t.copy, run: () => copy(text), stays: true };
    note(t.notSaved(text), { hint: why, action, stays: true, dismissed: resolve });
  });

/** Write what is typed when the page goes out of sight, and save what earlier visits could not. */
export function startDrafts() {
  const flush = () => {
    for (const draft of store.drafts) if (draft instanceof Typing) draft.flush();
  };
  addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', flush);
  void saveForgottenDrafts();
}

/** Delete the drafts of transcripts that are deleted for good. */
export async function deleteOrphanedDrafts() {
  const drafts = await allDrafts();
  if (!drafts.length) return;
  const request = /** @type {const} */ ({ type: 'list-transcripts', removed: true, limit: 500 });
  const { transcripts, next } = await library.request(request);
  const inBin = new Set(transcripts.map(({ id }) => id));
  for (const { key, transcript_id } of drafts) {
    if (next || inBin.has(transcript_id)) continue;
    await library.request({ type: 'get-transcript', transcript_id }).catch(async (thrown) => {
      if (viewOf(thrown).type === GONE) await deleteDraft(key);
    });
  }
}

/** Save what an earlier visit, or a tab that has ended, typed and could not save. */
async function saveForgottenDrafts() {
  await until(() => store.listed);
  await deleteOrphanedDrafts().catch(() => {});
  for (const { key } of await allDrafts().catch(() => [])) {
    void withForgotten(key, async () => {
      // Another tab may have saved it meanwhile.
      const draft = await readDraft(key);
      if (!draft) return;
      const { outcome, put_away } = await send(draft);
      if (outcome === 'kept') return;
      await put_away;
      await deleteDraft(key);
      if (outcome === 'saved') note(t.draftSaved);
    }).catch(tellError);
  }
}
