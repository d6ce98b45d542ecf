/** The player below the text. */

export const player = 'Player';
export const back = '−5 s';
export const backTitle = 'Back 5 seconds';
export const forward = '+5 s';
export const forwardTitle = 'Forward 5 seconds';
export const play = 'Play';
export const pause = 'Pause';
export const waiting = 'Getting this place ready…';
export const position = 'Position';
/** @param {string} time @param {string} length */
export const positionOf = (time, length) => `${time} of ${length}`;
export const speed = 'Speed';
/** @param {number} factor */
export const speedOf = (factor) => `${factor}×`;
export const more = 'Player options';
export const setLoopStart = 'Loop: start here';
export const setLoopEnd = 'Loop: end here';
export const stopLoop = 'Stop looping';
export const loopHelp = 'Shift and drag on the timeline loops a part, too.';
export const skipSilence = 'Skip silence';
export const showVideo = 'Show the video';
export const video = 'Video';
