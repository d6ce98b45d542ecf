import { html, nothing } from 'lit';
import { showDoubts, showsDoubts, singleKeys, useSingleKeys } from '../preferences.js';
import { listOpen, SHORTCUTS } from '../shortcuts.js';
import * as t from '../strings/shortcuts.js';
import { Dialog, dialogFrame } from './dialog.js';
import { toggle } from './fields.js';

/** Every key that does something. */
class ShortcutList extends Dialog {
  render() {
    if (!listOpen.value) return nothing;
    return dialogFrame(
      t.title,
      html`
        <dl class="shortcuts">
          ${SHORTCUTS.map(
            ({ keys, label }) => html`
              <div>
                <dt>${keys.map((key, index) => html`${index ? ` ${t.or} ` : ''}<kbd>${key}</kbd>`)}</dt>
                <dd>${label}</dd>
              </div>
            `,
          )}
        </dl>
        ${toggle(t.singleKeys, singleKeys.value, { change: useSingleKeys })}
        <p class="quiet">${t.singleKeysHelp}</p>
        ${toggle(t.showDoubts, showsDoubts.value, { change: showDoubts })}
      `,
    );
  }

  closed() {
    listOpen.value = false;
  }
}
customElements.define('ew-shortcut-list', ShortcutList);
