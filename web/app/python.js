/** The page's one bridge to Python; every event it brings goes into the state. */
import { Bridge } from './bridge.js';
import { pageHost } from './host.js';
import { state } from './state.js';

/** @type {Bridge} */
export const bridge = new Bridge(
  pageHost(() => state.pending.size > 0),
  (event) => state.apply(event),
);
