/** Numbers as people read them. */

import { RECORDING_EXTENSIONS } from '../generated/constants.js';
import * as library from './strings/library.js';
import * as t from './strings/numbers.js';

const whole = new Intl.NumberFormat('en');

/** @param {number} seconds @returns {string} `0:42`, `12:05`, `1:02:03` */
export function clock(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const minutes = Math.floor(s / 60) % 60;
  if (s < 3600) return `${minutes}:${two(s % 60)}`;
  return `${Math.floor(s / 3600)}:${two(minutes)}:${two(s % 60)}`;
}

/**
 * For a time that must not lose its fraction: `readClock` gives it back to the millisecond.
 * @param {number} seconds
 * @returns {string} `0:47.664`, `1:03` where there is no fraction
 */
export function exactClock(seconds) {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const fraction = String(ms % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return clock(Math.floor(ms / 1000)) + (fraction && `.${fraction}`);
}

/**
 * Inverse of `clock` and `exactClock`.
 * @param {string} text
 * @returns {number | null} seconds; null where it is no time
 */
export function readClock(text) {
  if (!/^\d+(:[0-5]?\d){0,2}([.,]\d{1,3})?$/.test(text.trim())) return null;
  const [whole = '', fraction = ''] = text.trim().split(/[.,]/);
  const seconds = whole.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  // Not added up as fractions: 60.1 must be the same number that a sentence has.
  return Number(`${seconds}.${fraction || 0}`);
}

/** About how long. @param {number} seconds @returns {string} `under 1 s`, `42 s`, `12 min`, `1 h 5 min` */
export function span(seconds) {
  if (seconds < 1) return t.underOneSecond;
  if (seconds < 59.5) return t.seconds(Math.round(seconds));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t.minutes(minutes);
  return t.hours(Math.floor(minutes / 60), minutes % 60);
}

/** What the name of a recording ends with, where the name is a file's. */
const EXTENSION = new RegExp(`(?<=\\S)\\.(${RECORDING_EXTENSIONS.join('|')})$`, 'i');

/** @param {string} name @returns {string} the name without the extension of a recording's file */
export const titleOf = (name) => name.replace(EXTENSION, '');

/** @param {number} n @returns {string} `1,830` */
export const count = (n) => whole.format(n);

/** @param {number} n @returns {string} `2nd` */
export const ordinal = (n) => t.ordinal(n, whole.format(n));

/** @param {number} fraction @returns {number} 0 to 100, 100 only when whole */
export const percent = (fraction) => Math.max(0, Math.min(100, Math.floor(fraction * 100)));

/** @param {number} bytes @returns {string} `148 MB` */
export function size(bytes) {
  if (bytes < 1e6) return t.kilobytes(Math.max(1, Math.round(bytes / 1e3)));
  if (bytes < 1e9) return t.megabytes(Math.round(bytes / 1e6));
  return t.gigabytes((bytes / 1e9).toFixed(1));
}

/**
 * @param {string} iso UTC
 * @param {Date} [now]
 * @returns {string} `14:05` today, else `3 Nov`, with the year when it is another
 */
export function when(iso, now = new Date()) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  if (date.toDateString() === now.toDateString()) {
    return date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  }
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return date.toLocaleDateString([], { day: 'numeric', month: 'short', year });
}

const DAY_MS = 86_400_000;

/**
 * The heading under which a recording stands in the list.
 * @param {string} iso UTC
 * @param {Date} [now]
 * @returns {string} `Today`, `Yesterday`, `This week`, `Last week`, else `November 2026`
 */
export function dayGroup(iso, now = new Date()) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return library.recordings;
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  // Rounded, because a day may have 23 or 25 hours.
  const day = new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight.getTime() - day.getTime()) / DAY_MS);
  const sinceMonday = (now.getDay() + 6) % 7;
  if (days <= 0) return library.today;
  if (days === 1) return library.yesterday;
  if (days <= sinceMonday) return library.thisWeek;
  if (days <= sinceMonday + 7) return library.lastWeek;
  return date.toLocaleDateString('en', { month: 'long', year: 'numeric' });
}
