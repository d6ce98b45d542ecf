/** @import { Status } from '../../generated/messages' */
import { html } from 'lit';
import { copy } from '../actions.js';
import { store } from '../store.js';
import * as t from '../strings/settings.js';
import { button } from './buttons.js';

/** For a bug report: what runs here and how long it took to start. @param {Status} status */
export function diagnostics(status) {
  const facts = factsOf(status);
  const text = () => facts.map(([name, value]) => `${name}: ${value}`).join('\n');
  return html`
    <table class="facts-table">
        <tbody>
          ${facts.map(
            ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
          )}
        </tbody>
    </table>
    ${button(t.copyDiagnostics, () => copy(text()))}
  `;
}

/** @param {Status} status @returns {[string, string][]} */
function factsOf(status) {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const marks = Object.entries({
    ...(paint ? { [t.firstPaint]: paint.startTime } : {}),
    ...Object.fromEntries(
      performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime]),
    ),
    ...status.marks_ms,
  });
  marks.sort(([, a], [, b]) => a - b);
  return [
    [t.version, status.version || __BUILD__.version],
    [t.engine, status.engine],
    [t.device, status.device === 'unknown' ? t.later : status.device],
    [t.threads, status.threads ? String(status.threads) : t.later],
    [t.isolated, status.isolated ? t.yes : t.oneThread],
    [t.offline, store.offlineReady ? t.ready : t.notYet],
    [t.browser, navigator.userAgent],
    ...marks.map(([name, ms]) => /** @type {[string, string]} */ ([name, `${Math.round(ms)} ms`])),
  ];
}
