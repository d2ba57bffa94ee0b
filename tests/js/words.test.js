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

test('Latin beside Chinese gets a space, and only there', () => {
  assert.equal(interpolate('%(name)s正在输入', { name: 'Daniel Okafor' }), 'Daniel Okafor 正在输入');
  assert.equal(interpolate('已移出%(name)s', { name: 'Zoë' }), '已移出 Zoë');
  assert.equal(interpolate('%(by)s把%(people)s加进了群', { by: '魏然', people: 'Zoë' }), '魏然把 Zoë 加进了群');
  assert.equal(interpolate('%(name)s正在输入', { name: '魏然' }), '魏然正在输入');
  assert.equal(interpolate('改为「%(name)s」', { name: 'Q3' }), '改为「Q3」');
  assert.equal(interpolate('%(count)s 条新消息', { count: 7 }), '7 条新消息');
});

test('a value may look like a place', () => {
  assert.equal(interpolate('%(name)s', { name: '%(name)s $& $1' }), '%(name)s $& $1');
});
