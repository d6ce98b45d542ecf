import { html } from 'lit';
import './toast-stack.js';

/**
 * The frame of a dialog; the browser keeps the focus inside and gives it back. Notes show in it.
 * @param {string} title
 * @param {unknown} body
 * @param {unknown} foot
 */
export const dialogFrame = (title, body, foot) => html`
  <dialog aria-label=${title}>
    <article>
      <header>
        <form method="dialog">
          <button class="close" aria-label="Close"></button>
        </form>
        <h2 tabindex="-1" autofocus>${title}</h2>
      </header>
      ${body}
      <footer>${foot}</footer>
    </article>
    <ew-toast-stack></ew-toast-stack>
  </dialog>
`;
