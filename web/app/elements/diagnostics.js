/** @import { Status } from '../../generated/messages' */
import { html } from 'lit';
import { copy } from '../actions.js';
import { state } from '../state.js';

/** Chosen by the engine when it starts. */
const LATER = 'known after the first recording of this visit';

/** For a bug report: what runs here and how long it took to start. @param {Status} status */
export function diagnostics(status) {
  const facts = factsOf(status);
  const text = () => facts.map(([name, value]) => `${name}: ${value}`).join('\n');
  return html`
    <details>
      <summary>Diagnostics</summary>
      <table class="facts-table">
        <tbody>
          ${facts.map(
            ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
          )}
        </tbody>
      </table>
      <button type="button" class="small" @click=${() => copy(text())}>Copy diagnostics</button>
    </details>
  `;
}

/** @param {Status} status @returns {[string, string][]} */
function factsOf(status) {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const marks = Object.entries({
    ...(paint ? { 'first paint': paint.startTime } : {}),
    ...Object.fromEntries(
      performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime]),
    ),
    ...status.marks_ms,
  });
  marks.sort(([, a], [, b]) => a - b);
  return [
    ['Version', status.version || __BUILD__.version],
    ['Engine', status.engine],
    ['Device', status.device === 'unknown' ? LATER : status.device],
    ['Threads', status.threads ? String(status.threads) : LATER],
    ['Isolated', status.isolated ? 'yes' : 'no: one thread only'],
    ['Offline', state.offline.ready ? 'ready' : 'not yet'],
    ['Browser', navigator.userAgent],
    ...marks.map(([name, ms]) => /** @type {[string, string]} */ ([name, `${Math.round(ms)} ms`])),
  ];
}
