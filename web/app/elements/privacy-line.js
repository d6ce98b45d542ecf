import { serverName } from '../server-name.js';
import { store } from '../store.js';
import { stayHere } from '../strings/page.js';
import * as t from '../strings/server.js';
import { View } from '../view.js';

/** Says where recordings go, as the settings stand. */
class PrivacyLine extends View {
  render() {
    const where = store.status?.settings.where ?? store.stored?.where ?? 'device';
    if (where === 'device') return stayHere;
    if (!store.status) return t.mayBeSent;
    const { origin, allowed } = store.status.server ?? {};
    if (!origin) return t.addressNotValid;
    if (where === 'server') return t.areSent(serverName(origin));
    return allowed ? t.tooMuchIsSent(serverName(origin)) : t.stayUntilAllowed(serverName(origin));
  }
}
customElements.define('ew-privacy-line', PrivacyLine);
