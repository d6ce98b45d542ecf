/** What went wrong on the page itself; the library's errors bring their own words. */

export const notStarted = { message: 'Earwitness could not start.', hint: 'Try again.' };

export const workerNotLoaded = {
  message: 'A part of Earwitness could not be loaded.',
  hint: 'Check the connection, then try again.',
};

export const sampleNotLoaded = {
  message: 'The sample could not be loaded.',
  hint: 'Check the connection, then try again.',
};

export const pageFailed = {
  message: 'Something in the page went wrong.',
  hint: 'Reload the page; everything saved is still there.',
};

/** @param {string} format */
export const formatNotWritten = (format) => ({
  message: `This browser cannot write ${format} files.`,
  hint: 'Choose wav, or use another browser.',
});

/** @param {string} name */
export const withdrawnBeforeSaved = (name) => ({
  message: `“${name}” was cancelled before it was saved.`,
  hint: 'Add it again if that was not meant.',
});

const again = 'Start it again if that was not meant.';
export const nothingOpen = {
  message: 'No transcript is open.',
  hint: 'Open one, or give its id.',
};
export const transcriptionDeleted = { message: 'The transcription was deleted.', hint: again };
export const transcriptionCancelled = { message: 'The transcription was cancelled.', hint: again };
