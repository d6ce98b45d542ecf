/**
 * A paragraph while it is typed over: its draft is written at short intervals, and the library is
 * asked to save it once. Python decides which sentences have changed.
 */
/** @import { ErrorKind } from '../generated/messages' */
/** @import { Draft } from './drafts.js' */
import { allDrafts, claimDraft, deleteDraft, withForgotten, writeDraft } from './drafts.js';
import { library } from './library-client.js';
import { viewOf } from './request-error.js';
import { changed, store, until, update } from './store.js';
import * as t from './strings/editing.js';
import { note, tellError } from './toasts.js';

/** What is typed is written this often. */
const WRITTEN_MS = 250;
const CONFLICT = 'EditConflictError';
/** @type {ErrorKind} */
const GONE = 'NotFoundError';

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
   * Save what was typed; an error is told, and the text is offered again.
   * @param {string} text
   * @returns {Promise<boolean>} whether the library has written it
   */
  async save(text) {
    this.#unwritten = () => text;
    this.flush();
    const draft = this.#draft(text);
    const saved = await send(draft);
    // What cannot be saved stays a draft: the next visit tries again.
    if (saved) this.discard();
    else this.#end();
    return saved;
  }

  /** Nothing of it is needed any more. */
  discard() {
    this.#end();
    void this.#writing.then(() => deleteDraft(this.#key)).catch(() => {});
  }

  #end() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#unwritten = null;
    update(({ drafts }) => ({ drafts: new Set([...drafts].filter((each) => each !== this)) }));
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
        if (this.#unwritten === read) this.#unwritten = null;
      })
      .catch((thrown) => {
        if (!this.#warned) note(t.draftNotKept, { hint: viewOf(thrown).detail, stays: true });
        this.#warned = true;
      });
    this.#release ??= claimDraft(this.#key);
  }
}

/**
 * Ask the library to save a draft.
 * @param {Draft} draft
 * @returns {Promise<boolean>} whether it is written
 */
async function send({ transcript_id, revision, paragraph }) {
  const type = /** @type {const} */ ('update');
  const request = { type, transcript_id, revision, retype: [paragraph] };
  try {
    update(changed(await library.request(request)));
    return true;
  } catch (thrown) {
    const view = viewOf(thrown);
    if (view.type === CONFLICT) return overwrite(request, view.detail);
    tellError(thrown);
    note(t.notSaved(paragraph.text), { stays: true });
    return view.type === GONE;
  }
}

/**
 * Somebody else has changed the same sentences: ask whose text stays.
 * @param {{ type: 'update', transcript_id: string } & Record<string, any>} request
 * @param {string} detail of the error
 * @returns {Promise<boolean>} whether the question is settled
 */
async function overwrite(request, detail) {
  const { revision, conflicts } = JSON.parse(detail);
  const texts = conflicts.map(
    (/** @type {{ yours: string | null, theirs: string }} */ { yours, theirs }) =>
      t.twoTexts(yours ?? request.retype[0].text, theirs),
  );
  const view = { type: CONFLICT, message: t.changedElsewhere, hint: texts.join(' '), detail: '' };
  const mine = await new Promise((resolve) => {
    const answer = (/** @type {boolean} */ yes) => {
      update({ question: null });
      resolve(yes);
    };
    update({ question: { view, yes: t.keepMine, answer } });
  });
  if (!mine) {
    note(t.notSaved(request.retype[0].text), { stays: true });
    return true;
  }
  const { type, transcript_id } = request;
  /** @type {Record<number, string>} */
  const segments = {};
  for (const { segment, yours } of conflicts) if (yours !== null) segments[segment] = yours;
  try {
    const newer = await library.request({ type, transcript_id, segments, revision });
    update(changed(newer));
    // What was no conflict was refused with it.
    update(changed(await library.request(request)));
    return true;
  } catch (thrown) {
    tellError(thrown);
    note(t.notSaved(request.retype[0].text), { stays: true });
    return false;
  }
}

/** Write what is typed when the page goes out of sight, and save what earlier visits could not. */
export function startDrafts() {
  const flush = () => {
    for (const draft of store.drafts) if (draft instanceof Typing) draft.flush();
  };
  addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', flush);
  void saveForgottenDrafts();
}

/** Save what an earlier visit, or a tab that has ended, typed and could not save. */
async function saveForgottenDrafts() {
  await until(() => store.listed);
  for (const draft of await allDrafts().catch(() => [])) {
    await withForgotten(draft.key, async () => {
      if (!(await send(draft))) return;
      await deleteDraft(draft.key);
      note(t.draftSaved);
    });
  }
}
