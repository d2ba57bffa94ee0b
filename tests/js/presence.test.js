import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';

import { Drafts } from '../../static/js/chat/drafts.js';
import { Attendance, PresenceBook } from '../../static/js/presence.js';
import { TypingBook, TypingSender } from '../../static/js/chat/typing.js';
import { MemoryStorage } from './cast.js';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
afterEach(() => mock.timers.reset());

describe('typing', () => {
  test('is said at most every three seconds, and when it ends', () => {
    const said = [];
    const sender = new TypingSender((conversation, isTyping) => said.push([conversation, isTyping]));
    sender.changed(7, true);
    mock.timers.tick(1_000);
    sender.changed(7, true);
    assert.deepEqual(said, [[7, true]]);
    mock.timers.tick(2_000);
    sender.changed(7, true);
    sender.stop();
    sender.stop();
    assert.deepEqual(said, [[7, true], [7, true], [7, false]]);
  });

  test('ends where one goes elsewhere', () => {
    const said = [];
    const sender = new TypingSender((conversation, isTyping) => said.push([conversation, isTyping]));
    sender.changed(7, true);
    sender.changed(8, true);
    sender.changed(8, false);
    assert.deepEqual(said, [[7, true], [7, false], [8, true], [8, false]]);
  });

  test('is forgotten after six seconds', () => {
    const book = new TypingBook();
    let changes = 0;
    book.addEventListener('change', () => (changes += 1));
    book.take({ conversation: 7, member: 2, is_typing: true });
    mock.timers.tick(4_000);
    book.take({ conversation: 7, member: 2, is_typing: true });
    mock.timers.tick(4_000);
    assert.deepEqual(book.in(7), [2]);
    assert.equal(changes, 1);
    mock.timers.tick(2_000);
    assert.deepEqual(book.in(7), []);
    assert.equal(changes, 2);
  });

  test('ends when the message comes', () => {
    const book = new TypingBook();
    book.take({ conversation: 7, member: 2, is_typing: true });
    book.take({ conversation: 7, member: 3, is_typing: true });
    book.take({ conversation: 7, member: 2, is_typing: false });
    assert.deepEqual(book.in(7), [3]);
    assert.deepEqual(book.in(8), []);
  });
});

class FakeSocket extends EventTarget {
  isOpen = true;
  sent = [];

  send(frame) {
    if (this.isOpen) this.sent.push(frame);
    return this.isOpen;
  }

  hear(frame) {
    this.dispatchEvent(new CustomEvent(frame.type, { detail: frame }));
  }
}

describe('presence', () => {
  let socket;
  const lists = () => socket.sent.map(({ members }) => members);

  beforeEach(() => {
    socket = new FakeSocket();
  });

  test('is asked for whom the screen shows, each once, 200 at most', () => {
    const book = new PresenceBook(socket);
    book.show('list', [1, 2, 3]);
    book.show('panel', [3, 4]);
    book.show('panel', [4, 3]);
    assert.deepEqual(lists().slice(0, 2), [[1, 2, 3], [1, 2, 3, 4]]);
    assert.equal(socket.sent[0].type, 'presence.watch');
    book.show('panel', Array.from({ length: 500 }, (_, id) => id));
    assert.equal(lists().at(-1).length, 200);
  });

  test('is asked for again on a new connection, and when it could not be asked', () => {
    socket.isOpen = false;
    const book = new PresenceBook(socket);
    book.show('list', [1]);
    socket.isOpen = true;
    socket.hear({ type: 'hello' });
    socket.hear({ type: 'hello' });
    assert.deepEqual(lists(), [[1], [1]]);
  });

  test('unknown is offline', () => {
    const book = new PresenceBook(socket);
    let changes = 0;
    book.addEventListener('change', () => (changes += 1));
    socket.hear({ type: 'presence', members: { 2: 'away' } });
    assert.equal(book.of(2), 'away');
    assert.equal(book.of(3), 'offline');
    assert.equal(changes, 1);
  });

  test('five minutes without a move are away, a move is back', () => {
    const attendance = new Attendance(socket);
    mock.timers.tick(4 * 60_000);
    attendance.moved();
    mock.timers.tick(4 * 60_000);
    assert.deepEqual(socket.sent, []);
    mock.timers.tick(60_000);
    attendance.moved();
    assert.deepEqual(socket.sent, [{ type: 'presence.set', state: 'away' }, { type: 'presence.set', state: 'online' }]);
  });

  test('a new connection hears of who is away, and counts everybody else as online', () => {
    new Attendance(socket);
    socket.hear({ type: 'hello' });
    assert.deepEqual(socket.sent, []);
    mock.timers.tick(5 * 60_000);
    socket.hear({ type: 'hello' });
    assert.deepEqual(socket.sent.map(({ state }) => state), ['away', 'away']);
  });
});

describe('drafts', () => {
  test('are kept per conversation and person', () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts({ storage, prefix: 'lakeside:1' });
    drafts.set(7, '明天');
    assert.equal(new Drafts({ storage, prefix: 'lakeside:1' }).get(7), '明天');
    assert.equal(drafts.get(8), '');
    assert.equal(new Drafts({ storage, prefix: 'lakeside:2' }).get(7), '');
  });

  test('blank is none', () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts({ storage, prefix: 'lakeside:1' });
    drafts.set(7, '明天');
    drafts.set(7, ' \n');
    assert.equal(drafts.get(7), '');
    assert.equal(storage.length, 0);
  });

  test('tell of changes only', () => {
    const drafts = new Drafts({ storage: new MemoryStorage(), prefix: 'lakeside:1' });
    let changes = 0;
    drafts.addEventListener('change', () => (changes += 1));
    drafts.set(7, 'a');
    drafts.set(7, 'a');
    drafts.set(7, '');
    assert.equal(changes, 2);
  });
});
