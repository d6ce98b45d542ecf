/** Servers that transcribe: where recordings go, and whether one answers. */
import { html } from 'lit';

// The line at the top of the page, unless recordings stay here.
export const mayBeSent = 'Recordings may be sent to a server.';
export const addressNotValid = 'Recordings stay here: the server’s address is not valid.';
/** @param {string} origin */
export const areSent = (origin) => html`Recordings are sent to <b>${origin}</b>.`;
/** @param {string} origin */
export const tooMuchIsSent = (origin) =>
  html`Recordings that are too much for this device go to <b>${origin}</b>.`;
/** @param {string} origin */
export const stayUntilAllowed = (origin) =>
  html`Recordings stay here until you allow <b>${origin}</b>.`;

// The settings.
export const help =
  'A server of your team can transcribe recordings and keep a library that you search from here.';
export const name = 'Name';
export const namePlaceholder = 'Newsroom';
export const address = 'Address';
export const key = 'Key';
export const model = 'Model';
export const serversOwn = 'The server’s own';
export const notAnAddress = 'That isn’t a server address.';
export const connect = 'Connect';
export const searchLibrary = 'Search its library';
export const sendNew = 'Send new recordings';
export const places = {
  device: { title: 'Never', about: 'They stay on this device.' },
  auto: {
    title: 'When this device is too slow',
    about: 'The server gets only what this device cannot do, or would take too long for.',
  },
  server: { title: 'Always', about: 'Every new recording is sent to it.' },
};
export const longerThan = 'If this device takes longer than (min)';
export const withoutAsking = 'It may be sent there without asking me again';
const kept = {
  earwitness:
    'It deletes the audio after transcribing and keeps the text until you delete it there.',
  openai: 'Ask its operator what it stores.',
};
/** @param {string} origin @param {'earwitness' | 'openai'} kind */
export const terms = (origin, kind) =>
  html`Audio, file name and options go to <b>${origin}</b>. ${kept[kind]}`;
export const asking = 'Connecting…';
/** @param {readonly string[]} models */
export const connected = (models) =>
  models.length ? `Connected. Models: ${models.join(', ')}.` : 'Connected. It has no models.';

// The question before something is sent.
export const sendQuestion = 'Send recordings to a server?';
/** @param {string} name */
export const deviceCannot = (name) => `This device cannot transcribe “${name}”.`;
/** @param {string} time @param {string} name */
export const deviceTakes = (time, name) => `This device would take about ${time} for “${name}”.`;
/** @param {string} size @param {string} origin */
export const whatIsSent = (size, origin) =>
  html`The server can do it: the recording (${size}), its name and your options would go to
    <b>${origin}</b>.`;
export const sameForLater =
  'If you agree, the same goes for later recordings that this device cannot do or would take too long for. The settings show it, and can take it back.';
export const keepHere = 'Keep them on this device';
export const allowSending = 'Allow sending';
