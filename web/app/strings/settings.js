/** The settings: models, choices, storage, backup, appearance, diagnostics. */

// The sections.
export const transcription = 'Transcription';
export const privacy = 'Privacy & storage';
export const team = 'Team server';
export const appearance = 'Appearance & keys';
export const problem = 'Report a problem';
export const sections = 'Sections';

export const afterStart = 'The settings show as soon as Earwitness has started.';
export const model = 'Model';
export const modelHere = 'Model on this device';
export const onThisDevice = 'on this device';
export const notDownloaded = 'not downloaded yet';
/** @param {string} time */
export const speed = (time) => `a minute of audio takes ${time} here`;
export const language = 'Language';
export const text = 'Text';
/** @type {readonly (readonly [task: string, text: string])[]} */
export const tasks = [
  ['transcribe', 'Original language'],
  ['translate', 'English translation'],
];
export const names = 'Likely names and terms';
export const words = 'Word timings';
export const followLanguages = 'Notice where the language changes';
export const skipSilence = 'Skip silence and noise';
export const keepAudio = 'Keep the audio';
export const confirmDownload = 'Ask before downloading a model over a metered connection';
export const performance = 'Performance';
export const device = 'Device';
export const automatic = 'Automatic';
export const processor = 'Processor';
export const graphicsCard = 'Graphics card';
export const threads = 'Threads';

// Storage and the bin.
export const storage = 'Storage';
/** @param {string} used @param {string} quota */
export const storageUsed = (used, quota) => `${used} used of ${quota} that this browser offers.`;
export const persisted = 'The browser promised to keep it.';
export const notPersisted = 'The browser may clear it when the disk runs full.';
export const askToPersist = 'Ask the browser to keep it';
export const persistRefused = 'The browser did not promise it. Save a backup from time to time.';
export const usedLabel = 'Storage used';
export const bin = 'Deleted transcripts';
/** @param {number} days */
export const binHelp = (days) => `They stay here for ${days} days, with their recordings.`;
export const binEmpty = 'The bin is empty.';
export const restore = 'Restore';
export const emptyBin = 'Empty the bin now';
export const emptyBinQuestion =
  'Delete what is in the bin for good, with its recordings? It cannot be brought back.';
export const keep = 'Keep';

// Backup.
export const backup = 'Backup';
export const backupHelp =
  'Everything in one file: texts, corrections, names and tags. Loading one adds what is not here yet and changes nothing else.';
export const saveWithRecordings = 'Save with recordings';
export const saveWithout = 'Save without recordings';
export const loadBackup = 'Load a backup';
export const sealWith = 'Seal with a passphrase';
export const sealPlaceholder = 'optional';
export const sealHelp =
  'A sealed backup opens only with this passphrase. If it is lost, the backup is lost.';
/** @param {string} date */
export const lastBackup = (date) => `Last backup: ${date}.`;
export const noBackup = 'No backup yet.';
export const remindOfBackup = 'Remind me when the last backup is a month old';

// Appearance.
export const theme = 'Theme';
export const themes = /** @type {const} */ ([
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]);
export const textSize = 'Text size';
export const textSizes = /** @type {const} */ ([
  ['small', 'Small'],
  ['normal', 'Normal'],
  ['large', 'Large'],
]);
export const textWidth = 'Text width';
export const textWidths = /** @type {const} */ ([
  ['narrow', 'Narrow'],
  ['normal', 'Normal'],
  ['wide', 'Wide'],
]);

// Diagnostics, for a bug report.
export const diagnostics = 'Diagnostics';
export const copyDiagnostics = 'Copy diagnostics';
export const version = 'Version';
export const engine = 'Engine';
export const isolated = 'Isolated';
export const yes = 'yes';
export const oneThread = 'no: one thread only';
export const offline = 'Offline';
export const ready = 'ready';
export const notYet = 'not yet';
export const browser = 'Browser';
export const firstPaint = 'first paint';
export const later = 'known after the first recording of this visit';
