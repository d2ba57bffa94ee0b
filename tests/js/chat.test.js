import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';

import { Chat } from '../../static/js/chat/chat.js';
import { MemoryStorage, frame, item, lin, message, posted, wei } from './cast.js';

let chat;
const listed = () => chat.list().map(({ id }) => id);

/** A direct conversation that somebody has begun and nobody said a word in. */
function silent(id, { by, ...rest }) {
  const one = item(0, { id, version: 3, ...rest });
  return { ...one, conversation: { ...one.conversation, kind: 'direct', name: null, people: [lin, wei], created_by: by.id } };
}

function begin(rest = {}) {
  const bootstrap = {
    me: { ...lin, role: 'member' },
    organization: { id: 1, handle: 'lakeside', name: '湖畔科技' },
    time_zone: 'Asia/Shanghai',
    epoch: 1,
    cursors: { 'member:1': 'e1~4' },
    conversations: [item(10)],
    has_more: false,
    conversation: null,
    newest: null,
    ...rest,
  };
  const location = { protocol: 'https:', host: 'lakeside.example' };
  chat = new Chat(bootstrap, { location, storage: new MemoryStorage(), isOnline: () => false, language: 'en' });
}

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  begin();
});
afterEach(() => mock.timers.reset());

describe('a conversation without a word', () => {
  test('stands in the list of who began it', () => {
    chat.store.putItem(silent(8, { by: lin }));
    assert.deepEqual(listed(), [7, 8]);
  });

  test('does not stand in the list of the other, until the first word', () => {
    chat.store.putItem(silent(8, { by: wei }));
    assert.deepEqual(listed(), [7]);
    chat.store.applyFrame(frame(4, [posted(message(1, { conversation: 8, version: 4 }))], { stream: 'conversation:8' }));
    assert.deepEqual(listed().toSorted(), [7, 8]);
  });

  test('stands there while one is in it', () => {
    chat.store.putItem(silent(8, { by: wei }));
    chat.open(8);
    assert.deepEqual(listed(), [7, 8]);
    chat.open(7);
    assert.deepEqual(listed(), [7]);
  });

  test('stays when one has begun to write, or what one said is on its way', () => {
    chat.store.putItem(silent(8, { by: wei }));
    chat.drafts.set(8, 'Good mor');
    assert.deepEqual(listed(), [7, 8]);
    chat.drafts.set(8, '');
    assert.deepEqual(listed(), [7]);
    chat.outgoing.add(8, 'Good morning');
    assert.deepEqual(listed(), [7, 8]);
  });

  test('stays when one has pinned it', () => {
    chat.store.putItem(silent(8, { by: wei, is_pinned: true }));
    assert.deepEqual(listed(), [8, 7]);
  });
});

describe('the rest of a long list', () => {
  const asked = () => {
    const calls = mock.method(chat.catchUp, 'list', async () => {}).mock;
    chat.start();
    return calls;
  };

  test('is asked for by the greeting, and without one after a while', () => {
    begin({ has_more: true });
    const calls = asked();
    mock.timers.tick(2_999);
    assert.equal(calls.callCount(), 0);
    mock.timers.tick(1);
    assert.equal(calls.callCount(), 1);
  });

  test('is not asked for twice where the line was greeted', () => {
    begin({ has_more: true });
    const calls = asked();
    chat.socket.state = 'open';
    mock.timers.tick(10_000);
    assert.equal(calls.callCount(), 0);
  });

  test('is not asked for where the page brought all', () => {
    const calls = asked();
    mock.timers.tick(10_000);
    assert.equal(calls.callCount(), 0);
  });
});
