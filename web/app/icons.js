/** Line icons of 20 units; the style sheet gives them the colour of the text around them. */
import { svg } from 'lit';

/** @param {unknown} shape */
const glyph = (shape) => svg`
  <svg class="glyph" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${shape}</svg>
`;

export const lines = glyph(svg`<path d="M3 5.5h14M3 10h14M3 14.5h14" />`);
export const dots = glyph(
  svg`<path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.6" stroke-linecap="round" />`,
);
export const cross = glyph(svg`<path d="m5 5 10 10M15 5 5 15" />`);
export const order = glyph(svg`<path d="M3 5.5h14M5.5 10h9M8 14.5h4" />`);
export const triangle = glyph(svg`<path d="M6 4.5v11l9.5-5.5z" fill="currentcolor" />`);
