import { html } from 'lit';

/** What the big pane says while nothing is open. */
export const welcome = () => html`
  <div class="welcome">
    <h1>Every word, with its time</h1>
    <p>Choose recordings or drop them anywhere on this page: audio or video, as many as you like.</p>
    <p>They are transcribed one after the other, right here. Nothing is uploaded.</p>
    <p>What was said is kept on this device, and the search finds it again.</p>
  </div>
`;
