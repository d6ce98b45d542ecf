import { html } from 'lit';
import { state } from '../state.js';
import { View } from '../view.js';

/** Says where recordings go, as the settings stand. */
class PrivacyLine extends View {
  static topics = /** @type {const} */ (['status']);

  render() {
    const settings = state.status?.settings;
    if (!settings || settings.where === 'device' || !settings.server_url) {
      return html`Recordings and text stay on this device.`;
    }
    const server = settings.server_url;
    if (settings.where === 'server') return html`Recordings are sent to <b>${server}</b>.`;
    return html`Recordings may be sent to <b>${server}</b>.`;
  }
}
customElements.define('ew-privacy-line', PrivacyLine);
