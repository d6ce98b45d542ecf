// A quote with its time, its speaker and its recording.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from '../../web/app/quote.js';

const RECORDING = {
  id: 'abc',
  name: 'Interview <1>.mp3',
  created_at: '2026-11-30T12:00:00.000Z',
};
const PAGE = 'https://example.org/';

/**
 * @param {string} text
 * @param {string | null} speaker
 * @param {number} start_s
 * @param {number} end_s
 */
const said = (text, speaker, start_s, end_s) => ({ text, speaker, spoken: [{ start_s, end_s }] });

test('a quote names speaker, time, title and day', () => {
  const { plain, html } = quote([said('So it was & is.', 'Mayor Hale', 21, 28.5)], RECORDING, PAGE);
  assert.equal(plain, '“So it was & is.” — Mayor Hale, 0:21–0:28, Interview <1> (30 Nov 2026)');
  assert.equal(
    html,
    '<p>“So it was &amp; is.” — Mayor Hale, ' +
      '<a href="https://example.org/#/t/abc?at=21.000">0:21–0:28</a>, ' +
      '<cite>Interview &lt;1&gt;</cite> (30 Nov 2026)</p>',
  );
});

test('what is not known is left out', () => {
  const nameless = { ...RECORDING, name: 'Talk 2.0', created_at: '' };
  const { plain } = quote([said('Yes.', null, 3.2, 3.9)], nameless, PAGE);
  assert.equal(plain, '“Yes.” — 0:03, Talk 2.0');
});

test('of several speakers each is named', () => {
  const { plain } = quote([said('Yes?', 'A', 1, 2), said('No.', 'B', 3, 4)], RECORDING, PAGE);
  assert.equal(plain, '“A: Yes?\nB: No.” — 0:01–0:04, Interview <1> (30 Nov 2026)');
});

test('names are text, not markup', () => {
  const { html } = quote([said('<b>', '<i>', 0, 1)], { ...RECORDING, name: '"<u>"' }, PAGE);
  assert.ok(!/<[biu]>/.test(html), html);
});
