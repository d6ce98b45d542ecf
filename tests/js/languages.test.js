// Names of Whisper's languages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageName } from '../../web/app/languages.js';
import { LANGUAGES } from '../../web/generated/constants.js';

test('every language has a name of its own', () => {
  const names = LANGUAGES.map((code) => languageName(code));
  assert.deepEqual(
    names.filter((name, index) => name === LANGUAGES[index]),
    [],
  );
  assert.equal(new Set(names).size, names.length);
});

test('codes that Whisper alone uses are named too', () => {
  assert.equal(languageName('jw'), 'Javanese');
});

test('no language and an automatic one are told apart', () => {
  assert.notEqual(languageName(null), languageName('auto'));
});
