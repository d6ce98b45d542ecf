/** What the user can do about speakers, and how the page names them. */
/** @import { ErrorKind, Speaker, SpeakerCount } from '../generated/messages' */
/** @import { Request, Transcript } from '../generated/messages' */

import { attempt } from './actions.js';
import { noteChange } from './history.js';
import { library } from './library-client.js';
import { playPart } from './play-part.js';
import { playback } from './playback.js';
import { ask } from './questions.js';
import { viewOf } from './request-error.js';
import { kept, shown, store, until, update } from './store.js';
import * as t from './strings/speakers.js';
import { note, tellError } from './toasts.js';

/** Colours of theme.css; further speakers begin anew, so a number or name stands beside each. */
const COLOURS = 6;
/** The longest sample of a voice. */
const SAMPLE_S = 10;
/** @type {ErrorKind} */
const SAME_NAME = 'SameNameError';

/** @returns {readonly Speaker[]} of the transcript on show */
export const speakersShown = () => store.opened?.transcript?.speakers ?? [];

/** @param {string | null} id @returns {string} the name of a speaker of the transcript on show */
export const speakerName = (id) =>
  speakersShown().find((speaker) => speaker.id === id)?.name ?? id ?? '';

/** @param {string} id of a speaker of the transcript on show @returns {number} of the colour, from 1 on */
export const colourOf = (id) =>
  speakerColour(
    Math.max(
      0,
      speakersShown().findIndex((speaker) => speaker.id === id),
    ),
  );

/** @param {number} index of a speaker @returns {number} of the colour, from 1 on */
export const speakerColour = (index) => (index % COLOURS) + 1;

/** @param {string} transcript_id @param {SpeakerCount} speakers false: stop */
export const findSpeakers = (transcript_id, speakers) =>
  attempt(async () => {
    update(kept(await library.request({ type: 'find-speakers', transcript_id, speakers })));
  });

/**
 * @typedef {Extract<Request, { type: 'rename-speaker' | 'merge-speakers' | 'add-speaker'
 *   | 'assign-speaker' | 'split-by-voice' }>} Correction
 */

/**
 * Correct the speakers; a note offers to take it back.
 * @param {Correction} request
 * @param {string | (() => string)} told
 * @param {(thrown: unknown) => boolean | Promise<boolean>} [failed] what to do with an error
 * @returns {Promise<boolean>} whether it is saved
 */
async function correct(request, told, failed = refused) {
  try {
    const transcript = /** @type {Transcript} */ (await library.request(request));
    update(shown(transcript));
    const text = typeof told === 'string' ? told : told();
    noteChange(text, request.transcript_id, transcript.revision);
    return true;
  } catch (thrown) {
    return failed(thrown);
  }
}

/** @param {unknown} thrown */
function refused(thrown) {
  tellError(thrown);
  return false;
}

/**
 * Name a speaker. Another one of that name is merged only if the user says so.
 * @param {string} transcript_id @param {string} speaker @param {string} name
 * @returns {Promise<boolean>} whether it is saved
 */
export const renameSpeaker = (transcript_id, speaker, name) =>
  correct({ type: 'rename-speaker', transcript_id, speaker, name }, t.renamed, async (thrown) => {
    const view = viewOf(thrown);
    if (view.type !== SAME_NAME) return refused(thrown);
    if ((await ask({ view, yes: t.mergeNow })) !== 'yes') return false;
    return mergeSpeakers(transcript_id, speaker, view.detail);
  });

/** @param {string} transcript_id @param {string} speaker @param {string} into */
export const mergeSpeakers = (transcript_id, speaker, into) =>
  correct(
    { type: 'merge-speakers', transcript_id, speaker, into },
    t.merged(speakerName(speaker), speakerName(into)),
  );

/** @param {string} transcript_id @param {string} name */
export const addSpeaker = (transcript_id, name) =>
  correct({ type: 'add-speaker', transcript_id, name }, t.added(name));

/**
 * Say who says a sentence.
 * @param {string} transcript_id
 * @param {number} segment
 * @param {string} speaker empty: nobody known
 * @param {boolean} following also every later sentence of the same speaker
 */
export const assignSpeaker = (transcript_id, segment, speaker, following) =>
  correct({ type: 'assign-speaker', transcript_id, segment, speaker, following }, t.assigned);

/**
 * Give a sentence, and all of its speaker with the same voice, to a new speaker.
 * @param {string} transcript_id
 * @param {number} segment
 */
export const splitByVoice = (transcript_id, segment) =>
  correct({ type: 'split-by-voice', transcript_id, segment }, () => {
    const segments = store.opened?.transcript?.segments ?? [];
    const speaker = segments[segment]?.speaker ?? null;
    const moved = segments.filter((each) => each.speaker === speaker).length;
    return t.splitOff(moved, speakerName(speaker));
  });

/** Keep the voice of a speaker under its name. @param {string} transcript_id @param {string} speaker */
export const rememberVoice = (transcript_id, speaker) =>
  attempt(async () => {
    await library.request({ type: 'remember-voice', transcript_id, speaker });
    note(t.remembered(speakerName(speaker)));
  });

/** Delete remembered voices. @param {string[]} names none: all */
export const forgetVoices = (...names) =>
  attempt(() => library.request({ type: 'forget-voices', names }));

/** Where the player was before samples were heard; null: none was. @type {number | null} */
let before_s = null;

/**
 * Play a sample of a speaker: the longest sentence, from its start.
 * @param {string} transcript_id @param {string} speaker
 */
export async function hearSample(transcript_id, speaker) {
  const own = (store.opened?.transcript?.segments ?? []).filter(
    (segment) => segment.speaker === speaker,
  );
  if (!own.length) return;
  const longest = own.reduce((a, b) => (b.end_s - b.start_s > a.end_s - a.start_s ? b : a));
  await until(() => store.player.id === transcript_id && store.player.ready);
  if (!store.speakersOpen) return;
  before_s ??= store.position_s ?? 0;
  playPart(longest.start_s, Math.min(longest.end_s, longest.start_s + SAMPLE_S));
}

/** Stop a sample that plays, and go back to where the player was. */
export function stopSample() {
  if (before_s === null) return;
  playback.pause();
  playback.seek(before_s);
  before_s = null;
}
