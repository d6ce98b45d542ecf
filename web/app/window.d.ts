import type { earwitness } from './api.js';

declare global {
  interface Window {
    earwitness: typeof earwitness;
  }
}
