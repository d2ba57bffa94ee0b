import assert from 'node:assert/strict';
import test from 'node:test';

import { gettext, interpolate, ngettext, wordsOf } from '../../static/js/words.js';

const chinese = wordsOf({
  plural: () => 0,
  words: { Send: '发送', '%(count)s new message': ['%(count)s 条新消息'] },
});

test('English needs no catalogue', () => {
  assert.equal(gettext('Send'), 'Send');
  assert.equal(ngettext('%(count)s day', '%(count)s days', 1), '%(count)s day');
  assert.equal(ngettext('%(count)s day', '%(count)s days', 0), '%(count)s days');
});

test('a translated string is answered in the language', () => {
  assert.equal(chinese.gettext('Send'), '发送');
});

test('a language has as many forms as its rule says', () => {
  const text = chinese.ngettext('%(count)s new message', '%(count)s new messages', 7);
  assert.equal(interpolate(text, { count: 7 }), '7 条新消息');
});

test('a string without a translation stays English', () => {
  assert.equal(chinese.gettext('Recall'), 'Recall');
});

test('a place without a value is left to be seen', () => {
  assert.equal(interpolate('%(name)s and %(other)s', { name: 'lin' }), 'lin and %(other)s');
});

test('a value may look like a place', () => {
  assert.equal(interpolate('%(name)s', { name: '%(name)s $& $1' }), '%(name)s $& $1');
});
