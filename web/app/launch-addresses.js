/** Addresses by which the system opens the page; the manifest and the service worker have them too. */

/** Shared files are posted here. */
export const SHARE_TARGET = 'share-target';
/** Shows files that were shared. */
export const SHARED = '#/shared';
/** Puts the caret into the search. */
export const SEARCH = '#/search';
/** Shows the transcript that was added last. */
export const NEWEST = '#/newest';
