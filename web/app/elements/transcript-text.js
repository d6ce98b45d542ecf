/** @import { Highlight, Segment } from '../../generated/messages' */
/** @import { Opened } from '../store.js' */
/** @import { Mark } from '../highlights.js' */
/** @import { Paragraph, Span, Spoken } from '../paragraph-text.js' */
/** @import { Cancelled } from './editing-session.js' */
import { html } from 'lit';
import { HIGHLIGHT_COLOURS, REDACTED } from '../../generated/constants.js';
import { doubts, uncertain } from '../doubts.js';
import { clock } from '../format.js';
import { clearHighlights, HIGHLIGHTS, highlight } from '../highlights.js';
import { indexAt, paragraphsOf, paragraphWith } from '../paragraph-text.js';
import { playFrom } from '../play-part.js';
import { playback } from '../playback.js';
import { showsDoubts } from '../preferences.js';
import { announce, readable, reader } from '../reader.js';
import { colourOf, speakerName } from '../speakers.js';
import { effect, store, until, untracked, update } from '../store.js';
import * as t from '../strings/transcript.js';
import { highlightAt, highlightOf, highlightsShown, show } from '../text-highlights.js';
import { hits, reachHit } from '../text-hits.js';
import { segmentIn, spansIn } from '../time-ranges.js';
import { View } from '../view.js';
import { EditingSession, sentences } from './editing-session.js';
import { ParagraphView } from './paragraph-view.js';

/** How near the end of the text a reader must scroll to follow new text again. */
const NEAR_END_PX = 24;
/** Paragraphs in a chunk, which the browser lays out together. */
const CHUNK = 12;
/** From this many paragraphs on, the browser lays out only the chunks near the window. */
const LONG = 250;
/** About a line of the text: its characters and height, to guess the height of a chunk. */
const LINE = { characters: 64, height_px: 28, gap_px: 12 };
/** A place that was brought into view is there when it stood still for as many frames … */
const STEADY_FRAMES = 2;
/** … or after as many: the text around it gets its height only once it is near. */
const FRAMES_MAX = 60;
/** Parts of the visible text's height between which the words that play are kept. */
const KEPT = { top: 0.05, bottom: 0.6, aim: 0.25 };
/** Keys that scroll. */
const SCROLLS = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown']);
/** How far below a sentence's start the time in an address may lie and still mean it. */
const ROUNDED_S = 0.01;
/** A player tells its position a little less exactly than it was set. */
const TICK_S = 0.001;
/** How long a place stays marked that an address named. */
const SHOWN_MS = 3000;
/** Characters of a found place that are read out. */
const READ_OUT = 120;
/** How far beside a word a click still means it. */
const NEAR_WORD_PX = 3;

/** All that was said, in paragraphs; follows the player and new text. */
export class TranscriptText extends View {
  static properties = {
    segments: { attribute: false },
    transcript: { attribute: false },
    language: { attribute: false },
    jump: { attribute: false },
    playable: { type: Boolean },
    growing: { type: Boolean },
    early: { type: Boolean },
  };

  constructor() {
    super();
    /** @type {readonly Segment[]} */
    this.segments = [];
    this.transcript = '';
    /** @type {string | null} */
    this.language = null;
    /** @type {Opened['jump']} */
    this.jump = null;
    this.playable = false;
    this.growing = false;
    /** Words and speakers are still on their way. */
    this.early = false;
  }

  /** @type {Paragraph[]} */
  #paragraphs = [];
  /** @type {ParagraphView[]} */
  #views = [];
  /** @type {WeakMap<Element, ParagraphView>} */
  #viewOf = new WeakMap();
  /** Chunks near the window. @type {Set<Element>} */
  #near = new Set();
  /** @type {IntersectionObserver | null} */
  #observer = null;
  /** The one paragraph that Tab reaches. */
  #current = 0;
  /** Where the user clicked last in it. */
  #caret = 0;
  /** What plays: `segment` is -1 for nothing, `word` for a pause between words. */
  #now = { segment: -1, word: -1 };
  #stopReading = () => {};
  /** The paragraph that is being typed in. @type {EditingSession | null} */
  #session = null;
  /** Marks are drawn once a frame. */
  #marking = 0;
  /** Counts what moves the view, so that only the newest goes on. */
  #moves = 0;
  /** What that count was when a jump had ended. */
  #reached = -1;
  #unmark = 0;

  connectedCallback() {
    super.connectedCallback();
    this.#observer = new IntersectionObserver((entries) => this.#see(entries), {
      rootMargin: '50% 0%',
    });
    for (const chunk of this.#chunks) this.#observer.observe(chunk);
    const stops = [
      effect(() => this.#readAlong()),
      effect(() => this.goAlong()),
      effect(() => this.#markAll()),
    ];
    const listening = new AbortController();
    const options = { passive: true, capture: true, signal: listening.signal };
    for (const name of ['wheel', 'touchmove', 'keydown', 'pointerdown', 'scroll']) {
      addEventListener(name, (event) => this.#read(event), options);
    }
    reader.value = this;
    this.#stopReading = () => {
      for (const stop of stops) stop();
      listening.abort();
    };
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#moves += 1;
    this.#observer?.disconnect();
    this.#near.clear();
    this.#stopReading();
    clearHighlights();
    // What draws this element must not depend on it.
    if (reader.peek() === this) {
      reader.value = null;
      readable.value = null;
    }
    cancelAnimationFrame(this.#marking);
    this.#endTyping();
  }

  render() {
    return html`
      <section
        class="text"
        aria-label=${t.text}
        lang=${this.language ?? ''}
        @click=${this.#click}
        @dblclick=${this.#doubleClick}
        @mousedown=${this.#press}
        @focusin=${this.#focused}
        @keydown=${this.#key}
      ></section>
    `;
  }

  /** @param {Map<string, any>} changed */
  updated(changed) {
    const drawn = changed.has('segments') || changed.has('playable');
    if (changed.get('transcript')) this.#leave();
    if (drawn) this.#draw();
    // With the speakers come other paragraphs, which may have moved the place.
    const arrived = changed.get('early') && this.#moves === this.#reached;
    if (this.jump && (changed.has('jump') || arrived)) void this.#jump(this.jump);
    else if (changed.has('segments')) this.goAlong();
    if (!this.jump) readable.value = { id: this.transcript, jump: null };
  }

  /** Another transcript is about to be shown. */
  #leave() {
    this.#endTyping();
    for (const view of this.#views.splice(0)) view.element.remove();
    for (const chunk of this.#chunks) chunk.remove();
    this.#paragraphs = [];
    this.#current = 0;
    this.#caret = 0;
  }

  // ------------------------------------------------------------ drawing

  get #box() {
    return /** @type {HTMLElement} */ (this.querySelector('.text'));
  }

  get #chunks() {
    return /** @type {HTMLElement[]} */ ([...(this.querySelector('.text')?.children ?? [])]);
  }

  #draw() {
    this.#paragraphs = paragraphsOf(this.segments, this.#paragraphs);
    const current = this.#views[this.#current];
    this.#matchViews();
    let before = null;
    for (const [index, paragraph] of this.#paragraphs.entries()) {
      const { speaker } = paragraph;
      const named = speaker && speaker !== before;
      before = speaker;
      this.#views[index]?.show(paragraph, named ? colourOf(speaker) : 0, this.playable);
    }
    const count = this.#views.length;
    this.#box.toggleAttribute('data-long', count > LONG);
    if (count > LONG) this.#guessHeights();
    const kept = current ? this.#views.indexOf(current) : -1;
    this.#setCurrent(kept < 0 ? Math.min(this.#current, Math.max(0, count - 1)) : kept);
    this.#now = { segment: -1, word: -1 };
    this.#readAlong();
    this.#markAll();
  }

  /** As many views as paragraphs; those of the same text before and after a change stay. */
  #matchViews() {
    const views = this.#views;
    const paragraphs = this.#paragraphs;
    const least = Math.min(views.length, paragraphs.length);
    const isSame = (/** @type {number} */ at, /** @type {number} */ now) =>
      views[at]?.paragraph.text === paragraphs[now]?.text;
    let head = 0;
    while (head < least && isSame(head, head)) head += 1;
    let tail = 0;
    const ends = [views.length - 1, paragraphs.length - 1];
    while (tail < least - head && isSame((ends[0] ?? 0) - tail, (ends[1] ?? 0) - tail)) tail += 1;
    const from = Math.min(views.length, paragraphs.length) - tail;
    const gone = views.splice(from, Math.max(0, views.length - paragraphs.length));
    for (const view of gone) {
      if (view.editing) this.#endTyping();
      view.element.remove();
    }
    while (views.length < paragraphs.length) this.#addView(views.length - tail);
    for (const chunk of this.#chunks) if (!chunk.firstChild) chunk.remove();
  }

  /** @param {number} index */
  #addView(index) {
    const view = new ParagraphView();
    this.#viewOf.set(view.element, view);
    const before = this.#views[index - 1]?.element;
    const isLast = index >= this.#views.length;
    this.#views.splice(index, 0, view);
    const chunk = before?.parentElement ?? this.#views[index + 1]?.element.parentElement;
    if (chunk && before && (!isLast || chunk.children.length < CHUNK)) before.after(view.element);
    else if (chunk && !before) chunk.prepend(view.element);
    else {
      const made = document.createElement('div');
      made.className = 'chunk';
      made.append(view.element);
      this.#box.append(made);
      this.#observer?.observe(made);
    }
  }

  /** How high a chunk will about be, until the browser lays it out. */
  #guessHeights() {
    let first = 0;
    for (const chunk of this.#chunks) {
      const own = this.#paragraphs.slice(first, first + chunk.children.length);
      first += own.length;
      const heights = own.map(
        ({ text }) => Math.ceil(text.length / LINE.characters) * LINE.height_px + LINE.gap_px,
      );
      const size = `auto ${heights.reduce((sum, height) => sum + height, 0)}px`;
      const { style } = chunk;
      if (style.containIntrinsicBlockSize !== size) style.containIntrinsicBlockSize = size;
    }
  }

  /** @param {number} index */
  #setCurrent(index) {
    this.#views[this.#current]?.reach(false);
    this.#current = index;
    this.#views[index]?.reach(true);
  }

  // ------------------------------------------------------------ marks

  /** @param {readonly IntersectionObserverEntry[]} entries */
  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#near.add(target);
      else this.#near.delete(target);
    }
    untracked(() => this.#markAll());
  }

  /** Mark what was found and what is doubtful in the paragraphs near the window. */
  #markAll() {
    const found = hits.value;
    const { places, at: doubt } = doubts.value;
    const { id: heard, stretches, at: voice } = uncertain.value;
    const shown = showsDoubts.value;
    const chosen = store.opened?.id === this.transcript ? highlightsShown() : [];
    /** @type {Record<Exclude<Mark, 'now' | 'shown'>, StaticRange[]>} */
    const marks = {
      ...newMarks(),
      found: [],
      here: [],
      doubt: [],
      voice: [],
      quiet: [],
      redacted: [],
    };
    const mine = found?.id === this.transcript ? found : null;
    const put = (
      /** @type {keyof typeof marks} */ mark,
      /** @type {ParagraphView} */ view,
      /** @type {Span | undefined} */ span,
    ) => {
      const range = span && view.range(span);
      if (range) marks[mark].push(range);
    };
    for (const chunk of this.#near) {
      for (const element of chunk.children) {
        const view = this.#viewOf.get(element);
        if (!view) continue;
        const { paragraph } = view;
        const own = chosen.filter((each) => meets(paragraph, each));
        for (const each of own) {
          for (const span of spansIn(paragraph, each)) put(each.colour, view, span);
        }
        view.noted(own);
        for (const [index, { text }] of paragraph.segments.entries()) {
          const segment = paragraph.first + index;
          if (!text.trim()) put('quiet', view, paragraph.spanOf(segment));
          for (const span of signsIn(text, paragraph.spanOf(segment))) put('redacted', view, span);
          const words = shown && doubts.value.id === this.transcript ? places.get(segment) : null;
          for (const word of words ?? []) put('doubt', view, paragraph.wordSpan(segment, word));
          const hit = mine?.bySegment.get(segment);
          if (hit === undefined || !mine) continue;
          const span = paragraph.spanOf(segment);
          const here = mine.at === hit ? 'here' : 'found';
          for (const part of mine.spans(hit, text.trim())) {
            const begin = (span?.begin ?? 0) + part.begin;
            put(here, view, { begin, end: begin + part.end - part.begin });
          }
        }
      }
    }
    const waits = doubt && places.get(doubt.segment)?.includes(doubt.word);
    if (waits && doubts.value.id === this.transcript) {
      const view = this.#viewAt(doubt.segment);
      if (view) put('here', view, view.paragraph.wordSpan(doubt.segment, doubt.word));
    }
    for (const stretch of shown && heard === this.transcript ? stretches : []) {
      const view = this.#viewAt(stretch.segment);
      if (!view || !this.#near.has(/** @type {Element} */ (view.element.parentElement))) continue;
      const first = view.paragraph.wordSpan(stretch.segment, stretch.first);
      const last = view.paragraph.wordSpan(stretch.segment, stretch.stop - 1);
      if (!first || !last) continue;
      put(stretch === voice ? 'here' : 'voice', view, { begin: first.begin, end: last.end });
    }
    for (const [mark, ranges] of Object.entries(marks)) {
      highlight(/** @type {Mark} */ (mark), ranges);
    }
  }

  /** Mark the word at the player's position, or the sentence where it has no times. */
  #readAlong() {
    const { player, position_s } = store;
    const here = position_s !== null && player.id === this.transcript;
    const now_s = (position_s ?? 0) + TICK_S;
    const segment = here ? indexAt(this.segments, now_s) : -1;
    const { words = [], end_s = 0 } = this.segments[segment] ?? {};
    const last = indexAt(words, now_s);
    const word = now_s < (words[last]?.end_s ?? 0) ? last : -1;
    if (segment === this.#now.segment && word === this.#now.word) return;
    const before = this.#now.segment;
    this.#now = { segment, word };
    const view = segment < 0 ? undefined : this.#viewAt(segment);
    const silent = words.length ? word < 0 : now_s >= end_s;
    const span = silent ? undefined : view?.paragraph.wordSpan(segment, word);
    if (HIGHLIGHTS) {
      const range = span && view?.range(span);
      highlight('now', range ? [range] : []);
    } else {
      if (before >= 0) this.#viewAt(before)?.mark(null);
      view?.mark(span ?? null);
    }
    if (before !== segment) untracked(() => this.goAlong());
  }

  /** @param {number} segment index in the transcript */
  #viewAt(segment) {
    return this.#views[paragraphWith(this.#paragraphs, segment)];
  }

  // ------------------------------------------------------------ moving the view

  /** What scrolls: the pane on wide screens, the page on narrow ones. */
  get #pane() {
    const pane = this.closest('.stage');
    const own = pane && getComputedStyle(pane).overflowY !== 'visible';
    return own ? pane : /** @type {Element} */ (document.scrollingElement);
  }

  /** @param {NonNullable<Opened['jump']>} jump */
  async #jump(jump) {
    const segment = indexAt(this.segments, jump.at_s + ROUNDED_S);
    // An address may have cut the time down; the sentence must not lose its beginning for that.
    const at_s = Math.max(jump.at_s, this.segments[segment]?.start_s ?? 0);
    const known = untracked(() => reachHit(this.transcript, segment));
    await this.go(Math.max(0, segment), { at_s, flash: !known });
    this.#reached = this.#moves;
    if (this.isConnected) readable.value = { id: this.transcript, jump };
  }

  /**
   * Bring a place into view, give it the focus and read it out.
   * @param {number} segment index in the transcript
   * @param {object} [more]
   * @param {number} [more.word] index of the word in the segment
   * @param {number} [more.at_s] where the player begins when it is started next
   * @param {boolean} [more.flash] mark the sentence for a moment
   */
  async go(segment, { word = -1, at_s, flash = false } = {}) {
    const view = this.#viewAt(segment);
    if (!view) return;
    const { paragraph } = view;
    const span = paragraph.wordSpan(segment, word) ?? paragraph.spanOf(segment);
    if (!span) return;
    update({ following: null });
    if (this.playable && at_s !== undefined) playback.cue(this.transcript, at_s);
    this.#setCurrent(this.#views.indexOf(view));
    this.#caret = span.begin;
    view.said.focus({ preventScroll: true });
    const own = paragraph.spanOf(segment) ?? span;
    const said = paragraph.text.slice(own.begin, own.end).slice(0, READ_OUT);
    announce(t.placeFound(clock(this.segments[segment]?.start_s ?? 0), said));
    if (flash) this.#flash(view, own);
    await this.#move(
      () => {
        const { top, height } = this.#visible();
        const rect = view.rect(span);
        const room = Math.max(0, (height - rect.height) / 2);
        this.#pane.scrollBy({ top: rect.top - top - room, behavior: 'instant' });
      },
      () => view.rect(span).bottom,
    );
  }

  /** @param {ParagraphView} view @param {Span} span */
  #flash(view, span) {
    const range = view.range(span);
    if (!range) return;
    clearTimeout(this.#unmark);
    highlight('shown', [range]);
    this.#unmark = setTimeout(() => highlight('shown', []), SHOWN_MS);
  }

  /** Keep the words that play, or the newest text, in view while the view follows. */
  goAlong() {
    const { following, player } = store;
    const plays = !player.paused && player.id === this.transcript;
    if (following === 'player' && plays && this.#now.segment >= 0) this.#keepInView();
    else if (following === 'end' && this.growing) {
      const pane = this.#pane;
      void this.#move(
        () => pane.scrollTo({ top: pane.scrollHeight, behavior: 'instant' }),
        () => this.getBoundingClientRect().bottom,
      );
    }
  }

  #keepInView() {
    const { segment } = this.#now;
    const view = this.#viewAt(segment);
    const span = view?.paragraph.spanOf(segment);
    if (!view || !span) return;
    const place = view.rect(span);
    const { top, height } = this.#visible();
    if (place.top >= top + KEPT.top * height && place.bottom <= top + KEPT.bottom * height) return;
    void this.#move(
      () => {
        const moved = view.rect(span).top - (top + KEPT.aim * height);
        this.#pane.scrollBy({ top: moved, behavior: 'instant' });
      },
      () => view.rect(span).bottom,
    );
  }

  /** Of the window, what shows text: below the page's head, above the player. */
  #visible() {
    const pane = this.#pane;
    const whole = pane === document.scrollingElement;
    const { top, bottom } = whole ? { top: 0, bottom: innerHeight } : pane.getBoundingClientRect();
    const player = document.querySelector('.player')?.getBoundingClientRect().top ?? bottom;
    return { top, height: Math.min(bottom, player) - top };
  }

  /**
   * Scroll, again and again until the place stands still: text that comes near gets its height.
   * @param {() => void} scroll
   * @param {() => number} place
   */
  async #move(scroll, place) {
    const mine = ++this.#moves;
    let before = Number.NaN;
    let steady = 0;
    for (let frame = 0; steady < STEADY_FRAMES && frame < FRAMES_MAX; frame += 1) {
      scroll();
      await new Promise(requestAnimationFrame);
      if (mine !== this.#moves) return;
      const bottom = place();
      steady = Math.abs(bottom - before) < 1 ? steady + 1 : 0;
      before = bottom;
    }
  }

  /**
   * The reader's own scrolling ends the following; scrolling to the end of new text resumes it.
   * @param {Event} event
   */
  #read(event) {
    const { type, target } = event;
    const pane = this.#pane;
    if (type === 'scroll') {
      const left_px = pane.scrollHeight - pane.scrollTop - pane.clientHeight;
      if (this.growing && !store.following && left_px < NEAR_END_PX) update({ following: 'end' });
      return;
    }
    const within = target instanceof Element && pane.contains(target);
    if (type === 'keydown') {
      const writes =
        target instanceof Element && target.closest('input, textarea, select, [contenteditable]');
      if (writes || !SCROLLS.has(/** @type {KeyboardEvent} */ (event).key)) return;
    }
    // The pane itself is only met at its scrollbar: everything else is one of its elements.
    const bar = type !== 'pointerdown' || target === pane;
    if (!within || !bar) return;
    this.#moves += 1;
    update({ following: null });
  }

  // ------------------------------------------------------------ pointer and keys

  /** What was before the first press of a click: a selection, and whether the player was silent. */
  #pressed = { selection: false, paused: true };
  /** The first click of two has started the player. */
  #started = false;

  /** @param {MouseEvent} event */
  #press({ detail }) {
    if (detail > 1) return;
    this.#started = false;
    const selection = getSelection();
    this.#pressed = {
      selection: !!selection && !selection.isCollapsed,
      paused: store.player.paused,
    };
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const view = this.#viewOf.get(/** @type {Element} */ (target.closest('.paragraph')));
    if (!view) return;
    if (target.closest('.time')) return void playFrom(this.transcript, view.paragraph.start_s);
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!plain || event.detail > 1 || !target.closest('.said') || view.editing) return;
    const offset = caretOffset(view, event);
    if (offset === null) return;
    this.#caret = offset;
    const selection = getSelection();
    // A click that ends a selection, or takes one back, means no word.
    if (this.#pressed.selection || (selection && !selection.isCollapsed)) return;
    const marked = highlightAt(view.paragraph, offset);
    if (marked) show(marked.id);
    const spoken = this.playable && pointedAt(view, offset, event);
    if (!spoken) return;
    this.#started = this.#pressed.paused;
    void playFrom(this.transcript, spoken.start_s);
  }

  /** @param {MouseEvent} event */
  #doubleClick(event) {
    const target = /** @type {Element} */ (event.target);
    const view = this.#viewOf.get(/** @type {Element} */ (target.closest('.paragraph')));
    if (!view || view.editing || !target.closest('.said')) return;
    const offset = caretOffset(view, event);
    if (this.#started) void until(() => !store.player.paused).then(() => playback.toggle());
    this.#started = false;
    getSelection()?.removeAllRanges();
    this.#edit(view, offset ?? this.#caret);
  }

  /** @param {FocusEvent} event */
  #focused({ target }) {
    const paragraph = /** @type {Element} */ (target).closest('.paragraph');
    const view = paragraph && this.#viewOf.get(paragraph);
    if (!view || view === this.#views[this.#current]) return;
    this.#setCurrent(this.#views.indexOf(view));
    this.#caret = 0;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (!(/** @type {Element} */ (target).matches('.said:not([contenteditable])'))) return;
    if (key === 'ContextMenu' || (key === 'F10' && shiftKey)) {
      if (this.#views[this.#current]?.openMenu()) event.preventDefault();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!step || shiftKey) return;
    event.preventDefault();
    this.step(step);
  }

  // ------------------------------------------------------------ for keys, bars and scripts

  /** Whether the focus is in the text. */
  get focused() {
    return this.contains(document.activeElement);
  }

  /** Give the focus to the paragraph that Tab reaches. */
  focusText() {
    this.#views[this.#current]?.said.focus();
  }

  /** Play from the word at which the focus is. */
  playHere() {
    const spoken = this.#views[this.#current]?.paragraph.spokenAt(this.#caret);
    if (spoken && this.playable) void playFrom(this.transcript, spoken.start_s);
  }

  /** Go to another paragraph. @param {number} step 1: the next */
  step(step) {
    const next = this.#current + step;
    const view = this.#views[next];
    if (!view) return;
    update({ following: null });
    this.#setCurrent(next);
    this.#caret = 0;
    view.said.focus({ preventScroll: true });
    void this.#move(
      () => view.element.scrollIntoView({ block: 'nearest', behavior: 'instant' }),
      () => view.element.getBoundingClientRect().bottom,
    );
  }

  /**
   * The sentence that a key acts on: of the selection, of the paragraph with the focus, else the
   * one that plays.
   * @returns {number} its index in the transcript; -1 where there is none
   */
  get sentence() {
    const [selected] = this.selection;
    if (selected) return selected.view.paragraph.segmentAt(selected.span.begin);
    const view = this.#views[this.#current];
    if (!view) return -1;
    const playing = this.#now.segment;
    if (!this.focused && playing >= 0) return playing;
    return view.paragraph.segmentAt(this.#caret);
  }

  /** The highlight at the place of which `sentence` speaks. */
  get highlightHere() {
    const view = this.sentence < 0 ? undefined : this.#viewAt(this.sentence);
    if (!view) return undefined;
    const isCaret = view === this.#views[this.#current] && this.focused;
    const begin = view.paragraph.spanOf(this.sentence)?.begin ?? 0;
    return highlightAt(view.paragraph, isCaret ? this.#caret : begin);
  }

  /**
   * Where a highlight begins in the window.
   * @param {string} id
   * @returns {DOMRect | null} null where its text is not on show
   */
  rectOf(id) {
    const marked = highlightOf(id);
    const segment = marked ? segmentIn(this.segments, marked) : -1;
    const near_s = marked?.start_s ?? 0;
    const view = this.#viewAt(segment < 0 ? Math.max(0, indexAt(this.segments, near_s)) : segment);
    if (!view || !marked) return null;
    return view.rect(spansIn(view.paragraph, marked)[0]);
  }

  /**
   * @param {number} segment
   * @param {number} [word] index in it; the whole sentence without one
   * @returns {DOMRect | null} where a sentence, or a word of it, is in the window
   */
  rectOfSentence(segment, word = -1) {
    const view = this.#viewAt(segment);
    return view ? view.rect(view.paragraph.wordSpan(segment, word)) : null;
  }

  /** The selected word, or the first of several, else the one that plays, else the one at the caret. */
  get wordHere() {
    const [selected] = this.selection.length ? this.passage.flatMap(({ spoken }) => spoken) : [];
    const plays = !this.focused && !store.player.paused && this.#now.word >= 0;
    const place =
      selected ?? (plays ? this.#now : this.#views[this.#current]?.paragraph.spokenAt(this.#caret));
    return place && place.word >= 0 ? place : null;
  }

  /** The paragraph that plays, else the one that Tab reaches. */
  get paragraphHere() {
    const plays = !store.player.paused && this.#now.segment >= 0;
    return plays ? this.#viewAt(this.#now.segment) : this.#views[this.#current];
  }

  /** Correct a sentence. @param {number} [segment] */
  edit(segment = this.sentence) {
    const view = segment < 0 ? undefined : this.#viewAt(segment);
    const [selected] = this.selection;
    const begin = view?.paragraph.spanOf(segment)?.begin ?? 0;
    const caret = selected?.view === view ? (selected?.span.begin ?? 0) : this.#caret;
    const inside = view?.paragraph.segmentAt(caret) === segment;
    if (view) this.#edit(view, inside ? caret : begin);
  }

  /**
   * @param {ParagraphView} view
   * @param {number} offset
   * @param {Cancelled} [cancelled] what was typed in it before
   */
  #edit(view, offset, cancelled) {
    const segment = view.paragraph.segmentAt(offset);
    const { opened } = store;
    if (this.early || opened?.transcript?.id !== this.transcript) {
      const inside = offset - (view.paragraph.spanOf(segment)?.begin ?? 0);
      return void this.#editLater(segment, inside);
    }
    this.#endTyping();
    this.#session = new EditingSession(this.#host, view, offset, this.transcript, cancelled);
    this.#markAll();
  }

  /** Save what is being typed. */
  #endTyping() {
    void this.#session?.end(this.isConnected ? 'left' : 'replaced');
    this.#session = null;
  }

  /** What a session of typing needs of the text. @type {import('./editing-session.js').Host} */
  #host = {
    neighbour: (view, step) => this.#views[this.#views.indexOf(view) + step],
    edit: (view, at) => this.#edit(view, at === 'start' ? 0 : view.paragraph.text.length),
    typed: () => {
      this.#now = { segment: -1, word: -1 };
      this.#marking ||= requestAnimationFrame(() => {
        this.#marking = 0;
        untracked(() => {
          this.#readAlong();
          this.#markAll();
        });
      });
    },
    ended: (view, focus) => {
      if (!focus || !this.#views.includes(view)) return;
      this.#setCurrent(this.#views.indexOf(view));
      view.said.focus({ preventScroll: true });
    },
    reopen: (cancelled) => {
      const view = this.#viewAt(cancelled.first);
      const at = view ? this.#views.indexOf(view) : -1;
      const own = this.#views.slice(Math.max(0, at - cancelled.taken), at + 1);
      const now = own.flatMap(({ paragraph }) => sentences(paragraph.segments));
      const isSame = now.join('\n') === cancelled.before.join('\n');
      if (!view || cancelled.id !== this.transcript || !isSame || this.early) return false;
      this.#edit(view, 0, cancelled);
      return true;
    },
    revision: () => store.opened?.transcript?.revision ?? 0,
  };

  /**
   * Correct a sentence once its words are here.
   * @param {number} segment
   * @param {number} inside the character of the sentence at which the caret is put
   */
  async #editLater(segment, inside) {
    const id = this.transcript;
    await until(() => !store.opened?.early);
    await new Promise(requestAnimationFrame);
    const view = this.#viewAt(segment);
    const span = view?.paragraph.spanOf(segment);
    if (id === this.transcript && this.isConnected && !this.early && view && span) {
      this.#edit(view, span.begin + inside);
    }
  }

  /** What the user has selected of the text, paragraph by paragraph. */
  get selection() {
    /** @type {{ view: ParagraphView, span: Span }[]} */
    const parts = [];
    const selection = getSelection();
    if (!selection?.rangeCount || selection.isCollapsed) return parts;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(this)) return parts;
    for (const view of this.#views) {
      const span = view.within(range);
      if (span) parts.push({ view, span });
      else if (parts.length) break;
    }
    return parts;
  }

  /**
   * Parts of the text with what is known of them: the selection, else one sentence.
   * @returns {{ text: string, speaker: string | null, spoken: readonly Spoken[] }[]}
   */
  get passage() {
    let parts = this.selection;
    if (!parts.length) {
      const view = this.sentence < 0 ? undefined : this.#viewAt(this.sentence);
      const span = view?.paragraph.spanOf(this.sentence);
      if (view && span) parts = [{ view, span }];
    }
    return parts.map(({ view: { paragraph }, span }) => ({
      text: paragraph.text.slice(span.begin, span.end).trim(),
      speaker: speakerName(paragraph.speaker) || null,
      spoken: paragraph.spoken.filter(({ begin, end }) => begin < span.end && end > span.begin),
    }));
  }
}

const newMarks = () =>
  /** @type {Record<Highlight['colour'], StaticRange[]>} */ (
    /** @type {unknown} */ (Object.fromEntries(HIGHLIGHT_COLOURS.map((colour) => [colour, []])))
  );

/** @param {Paragraph} paragraph @param {Highlight} highlight */
const meets = ({ start_s, segments }, highlight) =>
  highlight.end_s >= start_s && highlight.start_s <= (segments.at(-1)?.end_s ?? 0);

/**
 * @param {string} text of a sentence
 * @param {Span | undefined} place of it in the paragraph
 * @returns {Span[]} what stands for redacted words
 */
function signsIn(text, place) {
  const own = text.trim();
  const found = [];
  for (let at = own.indexOf(REDACTED); at >= 0; at = own.indexOf(REDACTED, at + 1)) {
    const begin = (place?.begin ?? 0) + at;
    found.push({ begin, end: begin + REDACTED.length });
  }
  return found;
}

/**
 * The character at which the user points.
 * @param {ParagraphView} view
 * @param {MouseEvent} event
 */
function caretOffset(view, { clientX, clientY }) {
  if (document.caretPositionFromPoint) {
    const caret = document.caretPositionFromPoint(clientX, clientY);
    return caret && view.offsetOf(caret.offsetNode, caret.offset);
  }
  const range = document.caretRangeFromPoint?.(clientX, clientY);
  return range ? view.offsetOf(range.startContainer, range.startOffset) : null;
}

/**
 * The word at which the user points; a sentence whose words have no times as a whole.
 * @param {ParagraphView} view
 * @param {number} offset of the caret there: beside the character or behind it
 * @param {MouseEvent} event
 * @returns {Spoken | undefined} undefined beside the text
 */
function pointedAt(view, offset, event) {
  const { paragraph } = view;
  const beside = [offset, offset - 1].flatMap((at) => paragraph.spokenAt(at) ?? []);
  const on = beside.filter((spoken) => isOn(view, spoken, event));
  const word = on.find((spoken) => spoken.word >= 0);
  // A click between two words means the first of them, if their sentence has words.
  const before = paragraph.spoken.findLast(({ begin }) => begin <= offset);
  return word ?? (on.length ? before : undefined);
}

/**
 * Whether the user points at a word, and not at the empty end of a line.
 * @param {ParagraphView} view
 * @param {Span} span
 * @param {MouseEvent} event
 */
function isOn(view, span, { clientX, clientY }) {
  const place = view.range(span);
  if (!place) return false;
  const range = document.createRange();
  range.setStart(place.startContainer, place.startOffset);
  range.setEnd(place.endContainer, place.endOffset);
  return [...range.getClientRects()].some(
    ({ left, right, top, bottom }) =>
      clientX >= left - NEAR_WORD_PX &&
      clientX <= right + NEAR_WORD_PX &&
      clientY >= top - NEAR_WORD_PX &&
      clientY <= bottom + NEAR_WORD_PX,
  );
}
customElements.define('ew-transcript-text', TranscriptText);
