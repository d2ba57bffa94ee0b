import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { rowsOf, signatureOf } from '../../static/js/chat/rows.js';
import { lin, message, recalled, wei, zhao } from './cast.js';

const at = (minutes) => new Date(Date.UTC(2026, 10, 20, 9, minutes)).toISOString();
const rows = (messages, { posts = [], waterline = null } = {}) =>
  rowsOf(messages, posts, { me: lin.id, waterline, dayOf: (iso) => iso.slice(0, 10) });
const kinds = (list) => list.map(({ kind }) => kind);
const post = (key, minutes, rest = {}) => ({
  key,
  conversation: 7,
  text: key,
  createdAt: Date.parse(at(minutes)),
  state: 'pending',
  reason: '',
  ...rest,
});

describe('grouping', () => {
  const next = (list) => list.filter(({ kind }) => kind === 'message' || kind === 'post').map(({ isNext }) => isNext);

  test('one person within five minutes', () => {
    const list = rows([
      message(1, { posted_at: at(0) }),
      message(2, { posted_at: at(4) }),
      message(3, { posted_at: at(8) }),
      message(4, { posted_at: at(13) }),
    ]);
    assert.deepEqual(next(list), [false, true, true, false]);
  });

  test('somebody else starts anew', () => {
    assert.deepEqual(next(rows([message(1), message(2, { by: zhao }), message(3, { by: zhao })])), [false, false, true]);
  });

  test('a recalled or a system message parts', () => {
    const event = message(2, { kind: 'system', sender: null });
    assert.deepEqual(next(rows([message(1), event, message(3)])), [false, false]);
    assert.deepEqual(next(rows([message(1), recalled(2, 9), message(3)])), [false, false]);
  });

  test('a post follows one’s own last message', () => {
    const list = rows([message(1, { by: lin, posted_at: at(0) })], { posts: [post('a', 1), post('b', 2)] });
    assert.deepEqual(next(list), [false, true, true]);
  });
});

describe('dividers', () => {
  test('one a day', () => {
    const list = rows([
      message(1, { posted_at: '2026-11-19T10:00:00Z' }),
      message(2, { posted_at: '2026-11-20T10:00:00Z' }),
      message(3, { posted_at: '2026-11-20T11:00:00Z' }),
    ]);
    assert.deepEqual(kinds(list), ['day', 'message', 'day', 'message', 'message']);
  });

  test('a post after midnight has its day', () => {
    const list = rows([message(1, { posted_at: '2026-11-19T10:00:00Z' })], { posts: [post('a', 0)] });
    assert.deepEqual(kinds(list), ['day', 'message', 'day', 'post']);
  });

  test('a clock that runs behind makes no second divider', () => {
    const list = rows([message(1, { posted_at: '2026-11-21T10:00:00Z' })], { posts: [post('a', 0)] });
    assert.deepEqual(kinds(list), ['day', 'message', 'post']);
  });
});

describe('the waterline', () => {
  test('stands before the first new message of another person', () => {
    const list = rows([message(1), message(2, { by: lin }), message(3), message(4)], { waterline: 1 });
    assert.deepEqual(kinds(list), ['day', 'message', 'message', 'waterline', 'message', 'message']);
    assert.equal(list[4].isNext, false);
  });

  test('is not drawn without anything new', () => {
    assert.deepEqual(kinds(rows([message(1), message(2)], { waterline: 2 })), ['day', 'message', 'message']);
  });

  test('is not drawn before what was recalled', () => {
    const list = rows([message(1), recalled(2, 9), message(3)], { waterline: 1 });
    assert.deepEqual(kinds(list), ['day', 'message', 'recalled', 'waterline', 'message']);
  });
});

describe('keys', () => {
  test('a post and the message that it becomes are one row', () => {
    const before = rows([message(1)], { posts: [post('key-2', 1)] }).at(-1);
    const after = rows([message(1), message(2, { by: lin })], { posts: [post('key-2', 1)] });
    assert.equal(after.at(-1).key, before.key);
    assert.equal(after.length, 3);
  });

  test('the same key of another person is another row', () => {
    const list = rows([message(2, { by: wei })], { posts: [post('key-2', 1)] });
    assert.deepEqual(kinds(list), ['day', 'message', 'post']);
    assert.equal(new Set(list.map(({ key }) => key)).size, 3);
  });
});

test('a row is rendered again when its words or its place change', () => {
  const of = (one, rest) => signatureOf(rows([message(1), one], rest).at(-1));
  assert.equal(of(message(2)), of(message(2)));
  assert.notEqual(of(message(2)), of(message(2, { version: 9 })));
  assert.notEqual(of(message(2)), of(message(2, { by: zhao })));
  assert.notEqual(of(message(2)), of(recalled(2, 9)));
});
