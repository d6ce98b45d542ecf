import type { earwitness } from './api.js';

declare global {
  interface Window {
    earwitness: typeof earwitness;
    /** Only in browsers that install pages. */
    launchQueue?: { setConsumer(take: (launch: LaunchParams) => void): void };
  }
  interface LaunchParams {
    files?: readonly FileSystemHandle[];
    targetURL?: string | null;
  }
}
