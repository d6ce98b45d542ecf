/** Extensions: packages of Python that add formats and rules. */

export const extensions = 'Extensions';
export const help =
  'Python that adds formats to read and write, and rules that clean up a text. It runs on this device, without network and without your other recordings.';
export const none = 'No extensions yet.';
export const add = 'Add a wheel or module';
export const paste = 'Or paste a module';
export const pasteExample = `class Shout:
    title = "Capital letters"

    def apply(self, transcript):
        return {i: each.text.upper() for i, each in enumerate(transcript.segments)}`;
export const addPasted = 'Add this module';
export const remove = 'Remove';
/** @param {string} name */
export const use = (name) => `Use ${name}`;
/** @param {readonly string[]} rules @param {readonly string[]} formats */
export const brings = (rules, formats) =>
  [
    ...(rules.length ? [`Rules: ${rules.join(', ')}.`] : []),
    ...(formats.length ? [`Formats: ${formats.join(', ')}.`] : []),
  ].join(' ');
export const installing = 'Checking the extension…';
/** @param {string} name */
export const added = (name) => `${name} was added.`;
/** @param {string} title of a rule */
export const applied = (title) => `“${title}” has changed the text.`;
export const unchanged = 'The rule changed nothing.';
