/** @import { Status } from '../messages' */
import { html } from 'lit';
import { emptyBin } from '../actions.js';
import { size } from '../format.js';
import './sure-button.js';

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
    </p>
    <ew-sure-button
      label="Empty the bin now"
      question="Delete what is in the bin for good, with its recordings? It cannot be brought back."
      .act=${emptyBin}
    ></ew-sure-button>
  </section>
`;
