import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';

import { Problem, Unreachable } from '../../static/js/api.js';
import { CatchUp } from '../../static/js/chat/catch-up.js';
import { Store } from '../../static/js/chat/store.js';
import { frame, isRecalled, item, lin, membership, message, page, posted, recalled, settle } from './cast.js';

/** Answers that are prepared by path; each is a value, an error, or a function of the query. */
class PreparedApi {
  asked = [];
  answers = {};

  async get(path, query = {}) {
    this.asked.push([path, query]);
    const prepared = this.answers[path];
    const answer = Array.isArray(prepared) ? prepared.shift() : prepared;
    const value = typeof answer === 'function' ? await answer(query) : answer;
    if (value instanceof Error) throw value;
    if (value === undefined) throw new Problem({ status: 404 });
    return value;
  }

  count(path) {
    return this.asked.filter(([asked]) => asked === path).length;
  }
}

const sync = (changes, version, rest = {}) => ({
  stream: 'conversation:7',
  changes,
  cursor: `e1.g1~${version}`,
  more: false,
  reset: false,
  ...rest,
});
const hello = (heads, epoch = 1) => ({ type: 'hello', member: 1, organization: 1, epoch, heads, heartbeat_seconds: 20 });

let store;
let api;
let catchUp;
let opened;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  store = new Store({ me: lin.id, epoch: 1 });
  store.streams.cursors.set('member:1', 'm~4');
  store.putItem(item(10));
  api = new PreparedApi();
  opened = new Set();
  const line = { sync: (stream, cursor) => api.get(`sync/${stream}`, { cursor }) };
  catchUp = new CatchUp({ store, api, line, isOpen: (id) => opened.has(id), random: () => 0 });
});
afterEach(() => mock.timers.reset());

describe('after the greeting', () => {
  test('nothing is asked when nothing is behind', async () => {
    await catchUp.greet(hello({ 'conversation:7': 10, 'member:1': 4 }));
    assert.deepEqual(api.asked, []);
  });

  test('a closed conversation needs its list item only', async () => {
    api.answers['conversations/7'] = item(60, { unread: 50 });
    await catchUp.greet(hello({ 'conversation:7': 60, 'member:1': 4 }));
    assert.equal(store.get(7).unread.count, 50);
    assert.equal(store.streams.version('conversation:7'), 60);
    assert.equal(api.asked.length, 1);
  });

  test('the rows of a closed conversation are let go over a gap', async () => {
    store.applyPage(7, page(1, 10, 10), { kind: 'newest' });
    api.answers['conversations/7'] = item(60, { unread: 50 });
    await catchUp.greet(hello({ 'conversation:7': 60, 'member:1': 4 }));
    assert.equal(store.get(7).window, null);
  });

  test('the open conversation is followed change by change to its end', async () => {
    opened.add(7);
    store.applyPage(7, page(1, 10, 10), { kind: 'newest' });
    api.answers['sync/conversation:7'] = [
      sync([posted(message(11)), posted(message(12))], 12, { more: true }),
      sync([isRecalled(recalled(11, 13)), posted(message(13, { version: 14 }))], 14),
    ];
    await catchUp.greet(hello({ 'conversation:7': 14, 'member:1': 4 }));
    assert.deepEqual(api.asked.map(([, query]) => query.cursor), ['e1.g1~10', 'e1.g1~12']);
    assert.deepEqual(store.get(7).window.messages.slice(-3).map(({ seq, text }) => [seq, text]), [
      [11, ''],
      [12, 'message 12'],
      [13, 'message 13'],
    ]);
    assert.equal(store.get(7).unread.count, 2);
  });

  test('a conversation that is new is fetched', async () => {
    api.answers['conversations/8'] = item(3, { id: 8, unread: 1 });
    await catchUp.greet(hello({ 'conversation:7': 10, 'member:1': 4, 'conversation:8': 3 }));
    assert.equal(store.get(8).unread.count, 1);
  });

  test('a conversation that the server no longer names is asked about, and goes', async () => {
    await catchUp.greet(hello({ 'member:1': 4 }));
    assert.equal(store.get(7), null);
  });

  test('many closed conversations are fetched as pages of the list, four single ones at a time', async () => {
    const heads = { 'conversation:7': 10, 'member:1': 4 };
    for (let id = 100; id < 130; id += 1) heads[`conversation:${id}`] = 2;
    api.answers.conversations = [
      { results: [item(10), ...Array.from({ length: 20 }, (_, n) => item(2, { id: 100 + n }))], next: 'more' },
      { results: Array.from({ length: 10 }, (_, n) => item(2, { id: 120 + n })), next: null },
    ];
    await catchUp.greet(hello(heads));
    assert.equal(api.count('conversations'), 2);
    assert.equal(api.asked.length, 2);
    assert.equal(store.conversations.size, 31);
  });

  test('single list items are asked for four at a time', async () => {
    let running = 0;
    let most = 0;
    const heads = { 'conversation:7': 10, 'member:1': 4 };
    for (let id = 100; id < 112; id += 1) {
      heads[`conversation:${id}`] = 2;
      api.answers[`conversations/${id}`] = async () => {
        running += 1;
        most = Math.max(most, running);
        await settle();
        running -= 1;
        return item(2, { id });
      };
    }
    await catchUp.greet(hello(heads));
    assert.equal(most, 4);
    assert.equal(store.conversations.size, 13);
  });

  test('a lost member stream loads the list again', async () => {
    api.answers['sync/member:1'] = { stream: 'member:1', changes: [], cursor: 'm2~9', more: false, reset: true };
    api.answers.conversations = { results: [item(10), item(1, { id: 9 })], next: null };
    api.answers['conversations/9'] = item(1, { id: 9 });
    await catchUp.greet(hello({ 'conversation:7': 10, 'member:1': 9, 'conversation:9': 1 }));
    assert.equal(api.count('conversations'), 1);
    assert.equal(store.conversations.size, 2);
    assert.equal(store.streams.cursors.get('member:1'), 'm2~9');
  });
});

describe('over gaps', () => {
  test('a gap in the open conversation is synced from the cursor', async () => {
    opened.add(7);
    store.applyPage(7, page(1, 10, 10), { kind: 'newest' });
    api.answers['sync/conversation:7'] = sync([posted(message(11)), posted(message(12))], 12);
    catchUp.take(frame(12, [posted(message(12))]));
    await settle();
    assert.deepEqual(store.get(7).window.messages.slice(-2).map(({ seq }) => seq), [11, 12]);
  });

  test('frames that come during a sync are not lost', async () => {
    opened.add(7);
    let answer;
    api.answers['sync/conversation:7'] = [
      () => new Promise((resolve) => (answer = resolve)),
      sync([posted(message(13))], 13),
    ];
    catchUp.take(frame(12, [posted(message(12))]));
    await settle();
    catchUp.take(frame(13, [posted(message(13))]));
    answer(sync([posted(message(11)), posted(message(12))], 12));
    await settle();
    mock.timers.tick(1_000);
    await settle();
    assert.equal(store.streams.version('conversation:7'), 13);
    assert.equal(api.count('sync/conversation:7'), 2);
  });

  test('a gap in a closed conversation asks for its list item', async () => {
    api.answers['conversations/7'] = item(13, { unread: 3 });
    catchUp.take(frame(13, [posted(message(13))]));
    await settle();
    assert.equal(store.get(7).unread.count, 3);
  });

  test('doubts of the same moment are asked once', async () => {
    api.answers['conversations/7'] = item(10);
    catchUp.doubt(7);
    catchUp.doubt(7);
    mock.timers.tick(300);
    await settle();
    assert.equal(api.asked.length, 1);
  });

  test('an answer that is older than the stream is asked again', async () => {
    store.applyFrame(frame(11, [posted(message(11))]));
    api.answers['conversations/7'] = [item(10), item(11, { unread: 1 })];
    catchUp.doubt(7);
    mock.timers.tick(300);
    await settle();
    mock.timers.tick(1_000);
    await settle();
    assert.equal(api.asked.length, 2);
    assert.equal(store.get(7).unread.count, 1);
  });

  test('a started membership brings the conversation', async () => {
    api.answers['conversations/9'] = item(2, { id: 9, unread: 1 });
    catchUp.take(frame(5, [{ kind: 'membership.started', version: 5, object: membership({ conversation: 9, version: 5 }) }], { stream: 'member:1' }));
    mock.timers.tick(300);
    await settle();
    assert.equal(store.get(9).unread.count, 1);
  });
});

describe('a bad network', () => {
  test('a request is repeated until it is answered', async () => {
    opened.add(7);
    api.answers['sync/conversation:7'] = [new Unreachable(), new Problem({ status: 503 }), sync([posted(message(11))], 11)];
    const done = catchUp.sync('conversation:7');
    await settle();
    mock.timers.tick(500);
    await settle();
    mock.timers.tick(500);
    await done;
    assert.equal(store.streams.version('conversation:7'), 11);
  });

  test('the server says how long to wait', async () => {
    api.answers['conversations/7'] = [new Problem({ status: 429, retryAfter: 9_000 }), item(11)];
    catchUp.doubt(7);
    mock.timers.tick(300);
    await settle();
    mock.timers.tick(8_000);
    await settle();
    assert.equal(api.asked.length, 1);
    mock.timers.tick(1_000);
    await settle();
    assert.equal(api.asked.length, 2);
  });

  test('a greeting ends the waiting', async () => {
    api.answers['conversations/7'] = [new Unreachable(), item(11)];
    catchUp.doubt(7);
    mock.timers.tick(300);
    await settle();
    await catchUp.greet(hello({ 'conversation:7': 10, 'member:1': 4 }));
    await settle();
    assert.equal(api.asked.length, 2);
  });

  test('being signed out is no reason to empty the list', async () => {
    api.answers['conversations/7'] = new Problem({ status: 401 });
    catchUp.doubt(7);
    mock.timers.tick(300);
    await settle();
    assert.notEqual(store.get(7), null);
  });
});

describe('the heartbeat', () => {
  test('agrees when all is held', async () => {
    assert.equal(await catchUp.check({ epoch: 1, heads: {}, count: 2, sum: 14 }), true);
  });

  test('a lost frame is found by the head that it names', async () => {
    api.answers['conversations/7'] = item(11, { unread: 1 });
    assert.equal(await catchUp.check({ epoch: 1, heads: { 'conversation:7': 11 }, count: 2, sum: 15 }), true);
    assert.equal(store.get(7).unread.count, 1);
  });

  test('a sum that differs says so', async () => {
    assert.equal(await catchUp.check({ epoch: 1, heads: {}, count: 2, sum: 15 }), false);
    assert.equal(await catchUp.check({ epoch: 2, heads: {}, count: 2, sum: 14 }), false);
  });
});
