/**
 * Keys that act on the transcript and the player, from anywhere but text fields. The arrow keys
 * between paragraphs and inside menus belong to their elements.
 */
import { atDoubt, confirmDoubt, leaveDoubt, stepDoubt } from './doubts.js';
import { openEdges } from './edges.js';
import { openFind } from './find.js';
import { openHeard } from './heard.js';
import { redo, undo } from './history.js';
import { playback } from './playback.js';
import { singleKeys } from './preferences.js';
import { copyQuote } from './quote.js';
import { reader } from './reader.js';
import { signal, store } from './store.js';
import * as t from './strings/shortcuts.js';
import { markHere, shownHighlight } from './text-highlights.js';
import { dismissHits, hits, stepHit } from './text-hits.js';
import { giveTo, strike } from './words.js';

/**
 * @typedef {object} Shortcut
 * @property {readonly string[]} keys as they are shown
 * @property {string} label what they do
 *
 * @typedef {object} Command
 * @property {() => boolean} [when] whether it can do something now
 * @property {() => unknown} run
 */

/** A sentence that has just begun is left for the one before. */
const JUST_BEGUN_S = 1.5;

/** Whether the list of keys is on show. */
export const listOpen = signal(false);

/** All keys, in the order of the list. @type {readonly Shortcut[]} */
export const SHORTCUTS = [
  { keys: [t.space, 'K'], label: t.playPause },
  { keys: ['J', '←'], label: t.back },
  { keys: ['L', '→'], label: t.forward },
  { keys: [t.shift('←'), t.shift('→')], label: t.sentences },
  { keys: ['↑', '↓'], label: t.paragraphs },
  { keys: ['<', '>'], label: t.speed },
  { keys: ['E', t.doubleClick], label: t.correct },
  { keys: [t.control('Enter'), t.escapeKey], label: t.saveOrCancel },
  { keys: [t.enter, t.backspace], label: t.splitOrJoin },
  { keys: [t.control(t.space), t.control('←'), t.control('→')], label: t.playWhileTyping },
  { keys: [t.control('Z'), t.control(t.shift('Z'))], label: t.undo },
  { keys: ['1 … 9', '0'], label: t.speaker },
  { keys: [t.shift('F10')], label: t.paragraphMenu },
  { keys: [t.deleteKey], label: t.strike },
  { keys: ['F'], label: t.findAndReplace },
  { keys: ['H'], label: t.highlight },
  { keys: ['T'], label: t.times },
  { keys: ['W'], label: t.heard },
  { keys: ['Q'], label: t.quote },
  { keys: ['N', t.shift('N')], label: t.doubts },
  { keys: [t.enter], label: t.confirm },
  { keys: [t.enter, t.shift(t.enter)], label: t.hits },
  { keys: ['/'], label: t.search },
  { keys: [t.escapeKey], label: t.close },
  { keys: ['?'], label: t.list },
];

const plays = () => store.player.ready && store.player.id === store.shownId;
const reads = () => reader.value !== null;

/** By what `keyOf` makes of a key; those of one printed character can be switched off. */
/** @type {Readonly<Record<string, Command>>} */
const COMMANDS = {
  k: { when: plays, run: () => playback.toggle() },
  j: { when: plays, run: () => playback.skip(-1) },
  l: { when: plays, run: () => playback.skip(1) },
  ArrowLeft: { when: plays, run: () => playback.skip(-1) },
  ArrowRight: { when: plays, run: () => playback.skip(1) },
  'Shift ArrowLeft': { when: plays, run: () => stepSentence(-1) },
  'Shift ArrowRight': { when: plays, run: () => stepSentence(1) },
  '<': { when: plays, run: () => playback.changeSpeed(-1) },
  '>': { when: plays, run: () => playback.changeSpeed(1) },
  e: { when: reads, run: () => reader.value?.edit() },
  f: { when: reads, run: openFind },
  ...Object.fromEntries(
    [...Array(10).keys()].map((number) => [
      String(number),
      { when: reads, run: () => giveTo(number) },
    ]),
  ),
  Delete: { when: deletes, run: strike },
  h: { when: reads, run: () => markHere() },
  t: { when: reads, run: openEdges },
  w: { when: reads, run: openHeard },
  q: { when: reads, run: copyQuote },
  n: { when: reads, run: () => stepDoubt(1) },
  N: { when: reads, run: () => stepDoubt(-1) },
  '?': { run: openShortcuts },
  Enter: { when: enters, run: enter },
  'Shift Enter': { when: () => hits.value !== null, run: () => stepHit(-1) },
  Escape: {
    when: () => shownHighlight.value !== null || hits.value !== null || atDoubt(),
    run: putAway,
  },
};

/** Show every key that does something. */
export function openShortcuts() {
  listOpen.value = true;
}

/**
 * Act on a key that no element has taken.
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key did something
 */
export function actOnKey(event) {
  const { key, shiftKey, ctrlKey, metaKey, altKey, isComposing } = event;
  if (ctrlKey || metaKey || altKey || isComposing) return false;
  const printed = key.length === 1;
  if (printed && !singleKeys.value) return false;
  // Upper case by the caps lock is the same letter; Shift makes others of `n` alone.
  const letter = key.toLowerCase() === 'n' && shiftKey ? 'N' : key.toLowerCase();
  const name = printed ? letter : `${shiftKey ? 'Shift ' : ''}${key}`;
  if (printed && shiftKey && /^[a-z]$/.test(letter)) return false;
  const command = COMMANDS[name];
  if (!command || command.when?.() === false) return false;
  command.run();
  return true;
}

/**
 * Act on a key that is pressed with Ctrl, or with the command key of a Mac.
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key did something
 */
export function actOnControlKey({ key, ctrlKey, metaKey, altKey, shiftKey, isComposing }) {
  if (ctrlKey === metaKey || altKey || isComposing || !store.opened) return false;
  const letter = key.toLowerCase();
  if (letter === 'z') void (shiftKey ? redo() : undo());
  else if (letter === 'y' && !shiftKey) void redo();
  else return false;
  return true;
}

/** Whether Enter means something in the text: on controls it is theirs. */
function enters() {
  return atDoubt() || hits.value !== null || Boolean(reader.value?.focused && plays());
}

/** Words are selected, or the focus is in the text. */
function deletes() {
  return Boolean(reader.value?.focused || reader.value?.selection.length);
}

function enter() {
  if (atDoubt()) void confirmDoubt();
  else if (hits.value) stepHit(1);
  else reader.value?.playHere();
}

function putAway() {
  if (shownHighlight.value) shownHighlight.value = null;
  else if (atDoubt()) leaveDoubt();
  else dismissHits();
}

/** Go to the beginning of a sentence. @param {1 | -1} step */
function stepSentence(step) {
  const segments = store.opened?.transcript?.segments ?? [];
  const now_s = store.position_s ?? 0;
  const next =
    step > 0
      ? segments.find(({ start_s }) => start_s > now_s + 0.01)
      : segments.findLast(({ start_s }) => start_s < now_s - JUST_BEGUN_S);
  if (next) playback.seek(next.start_s);
  else if (step < 0) playback.seek(0);
}
