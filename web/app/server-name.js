import { store } from './store.js';

/**
 * What a server is called: as the user named it, else its host.
 * @param {string} origin
 * @returns {string}
 */
export function serverName(origin) {
  const { server, settings } = store.status ?? {};
  if (settings?.server_name && server?.origin === origin) return settings.server_name;
  return origin.replace(/^https?:\/\//, '');
}
