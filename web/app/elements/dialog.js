import { html } from 'lit';

/**
 * The frame of a dialog; the browser keeps the focus inside and gives it back.
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
  </dialog>
`;
