/** @import { Status } from '../messages' */
import { html } from 'lit';
import { emptyBin } from '../actions.js';
import { size } from '../format.js';

/** What is kept here, and how safe it is. @param {Status} status */
export const storage = (status) => html`
  <section aria-label="Storage">
    <h3>Storage</h3>
    <p>
      ${size(status.storage_used_bytes)} used of
      ${size(status.storage_quota_bytes)} that this browser offers.
      ${
        status.persisted
          ? 'The browser promised to keep it.'
          : 'The browser may clear it when the disk runs full.'
      }
    </p>
    <progress
      aria-label="Storage used"
      max=${status.storage_quota_bytes || 1}
      .value=${status.storage_used_bytes}
    ></progress>
    <p>
      Deleted transcripts stay in the bin for 30 days.
      <button type="button" class="small" @click=${emptyBin}>Empty the bin now</button>
    </p>
  </section>
`;
