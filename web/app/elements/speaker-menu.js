/** @import { Segment } from '../../generated/messages' */
import { html } from 'lit';
import { clock } from '../format.js';
import { assignSpeaker, speakerName, speakersShown, splitByVoice } from '../speakers.js';
import { store } from '../store.js';
import * as t from '../strings/speakers.js';
import { menu } from './menu.js';

/**
 * The name of who says a sentence, as the button of a menu that changes it.
 * @param {Segment} segment
 * @param {number} index of the sentence
 */
export function speakerMenu(segment, index) {
  const transcript = store.opened?.id ?? '';
  const others = speakersShown().filter(({ id }) => id !== segment.speaker);
  const items = others.flatMap(({ id, name }) => [
    { label: t.thisSentence(name), run: () => assignSpeaker(transcript, index, id, false) },
    { label: t.fromHereOn(name), run: () => assignSpeaker(transcript, index, id, true) },
  ]);
  const nobody = {
    label: t.thisSentence(t.nobody),
    run: () => assignSpeaker(transcript, index, '', false),
  };
  const { audio_kept, speaker_job } = store.summaries.get(transcript) ?? {};
  const other = { label: t.anotherVoice, run: () => splitByVoice(transcript, index) };
  const hasVoices = audio_kept && speaker_job?.state === 'done';
  const known = segment.speaker ? [nobody, ...(hasVoices ? [other] : [])] : [];
  const title = t.whoSays(clock(segment.start_s));
  const name = speakerName(segment.speaker);
  return html`<span class="speaker-name"
    >${menu(`speaker-${index}`, name, [...items, ...known], {
      title,
      skipped: true,
    })}</span
  >`;
}
