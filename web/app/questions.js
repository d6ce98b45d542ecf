/** Questions before something is lost: one at a time, in the order in which they came. */
/** @import { Answer, Question } from './store.js' */
import { update } from './store.js';

/** @type {Promise<unknown>} */
let earlier = Promise.resolve();

/**
 * Ask the user once all earlier questions are answered.
 * @param {Omit<Question, 'answer'>} question
 * @returns {Promise<Answer>}
 */
export function ask(question) {
  const asked = earlier.then(
    () =>
      new Promise((/** @type {(answer: Answer) => void} */ resolve) => {
        const answer = (/** @type {Answer} */ given) => {
          update({ question: null });
          resolve(given);
        };
        update({ question: { ...question, answer } });
      }),
  );
  earlier = asked;
  return asked;
}
