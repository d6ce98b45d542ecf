/** Where the development page listens for changes. */
declare const __EVENTS_URL__: string;
