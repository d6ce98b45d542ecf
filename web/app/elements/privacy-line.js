import { html } from 'lit';
import { state } from '../state.js';
import { View } from '../view.js';

/** Says where recordings go, as the settings stand. */
class PrivacyLine extends View {
  static topics = /** @type {const} */ (['status']);

  render() {
    const where = state.status?.settings.where ?? state.stored?.where ?? 'device';
    if (where === 'device') return html`Recordings and text stay on this device.`;
    const { origin, allowed } = state.status?.server ?? {};
    if (!state.status) return html`Recordings may be sent to a server.`;
    if (!origin) return html`Recordings stay here: the server’s address is not valid.`;
    if (where === 'server') return html`Recordings are sent to <b>${origin}</b>.`;
    return allowed
      ? html`What is too much for this device is sent to <b>${origin}</b>.`
      : html`Recordings stay here until you allow <b>${origin}</b>.`;
  }
}
customElements.define('ew-privacy-line', PrivacyLine);
