import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';

import { Problem, Unreachable } from '../../static/js/api.js';
import { newKey } from '../../static/js/keys.js';
import { Outgoing } from '../../static/js/chat/outgoing.js';
import { MemoryStorage, settle } from './cast.js';

/** A line whose attempts the test answers one by one. */
class FakeLine {
  isUp = true;
  attempts = [];

  post(post) {
    return new Promise((resolve, reject) => {
      this.attempts.push({ ...post, accept: () => resolve({ key: post.key }), refuse: reject });
    });
  }

  get last() {
    return this.attempts.at(-1);
  }
}

let storage;
let line;
let outgoing;
const open = () => new Outgoing({ storage, prefix: 'lakeside:1', line, random: () => 0 });
const states = (conversation = 7) => outgoing.of(conversation).map(({ text, state }) => `${text} ${state}`);
const answer = async (act) => {
  act();
  await settle();
};

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  storage = new MemoryStorage();
  line = new FakeLine();
  outgoing = open();
});
afterEach(() => mock.timers.reset());

test('a post is stored under its key before the first attempt', () => {
  let storedAtAttempt;
  line.post = (post) => {
    storedAtAttempt = storage.getItem(`lakeside:1:outgoing:${post.key}`);
    return new Promise(() => {});
  };
  const post = outgoing.add(7, '早');
  assert.equal(JSON.parse(storedAtAttempt).text, '早');
  assert.match(post.key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('it stands in the list at once', () => {
  outgoing.add(7, '早');
  assert.deepEqual(states(), ['早 pending']);
});

test('acknowledged, it is gone from the list and the storage, after the message was told', async () => {
  const told = [];
  outgoing.addEventListener('posted', ({ detail }) => told.push([detail.message.key, outgoing.of(7).length]));
  const { key } = outgoing.add(7, '早');
  await answer(() => line.last.accept());
  assert.deepEqual(told, [[key, 1]]);
  assert.deepEqual(states(), []);
  assert.equal(storage.length, 0);
});

test('within a conversation one leaves after the other', async () => {
  outgoing.add(7, 'one');
  outgoing.add(7, 'two');
  outgoing.add(8, 'elsewhere');
  assert.deepEqual(line.attempts.map(({ text }) => text), ['one', 'elsewhere']);
  await answer(() => line.attempts[0].accept());
  assert.deepEqual(line.attempts.map(({ text }) => text), ['one', 'elsewhere', 'two']);
});

test('without an answer it is tried again under the same key, in its place', async () => {
  outgoing.add(7, 'one');
  outgoing.add(7, 'two');
  await answer(() => line.last.refuse(new Unreachable()));
  assert.equal(line.attempts.length, 1);
  mock.timers.tick(500);
  await settle();
  assert.equal(line.attempts.length, 2);
  assert.equal(line.attempts[1].key, line.attempts[0].key);
  assert.deepEqual(states(), ['one pending', 'two pending']);
});

test('a server in trouble is tried again, when it says so', async () => {
  outgoing.add(7, 'one');
  await answer(() => line.last.refuse(new Problem({ status: 429, retryAfter: 7_000 })));
  mock.timers.tick(6_999);
  await settle();
  assert.equal(line.attempts.length, 1);
  mock.timers.tick(1);
  await settle();
  assert.equal(line.attempts.length, 2);
  await answer(() => line.last.refuse(new Problem({ status: 503 })));
  assert.deepEqual(states(), ['one pending']);
});

test('a refusal stands aside with its reason and lets the rest pass', async () => {
  outgoing.add(7, 'one');
  outgoing.add(7, 'two');
  await answer(() => line.last.refuse(new Problem({ status: 400, errors: [{ field: 'text', message: 'too long' }] })));
  assert.deepEqual(states(), ['one failed', 'two pending']);
  assert.equal(outgoing.of(7)[0].reason, 'too long');
  assert.equal(line.last.text, 'two');
});

test('retry sends it again under its key, after those that wait', async () => {
  const { key } = outgoing.add(7, 'one');
  await answer(() => line.last.refuse(new Problem({ status: 400 })));
  outgoing.add(7, 'two');
  outgoing.retry(key);
  assert.deepEqual(states(), ['two pending', 'one pending']);
  await answer(() => line.last.accept());
  assert.equal(line.last.key, key);
});

test('a conflict is retried under a new key', async () => {
  const { key } = outgoing.add(7, 'one');
  await answer(() => line.last.refuse(new Problem({ status: 409 })));
  assert.equal(outgoing.of(7)[0].reason, 'conflict');
  outgoing.retry(key);
  await settle();
  assert.notEqual(line.last.key, key);
  assert.equal(outgoing.get(key), null);
  assert.equal(storage.length, 1);
});

test('signed out: it stays and waits for the next sign-in', async () => {
  const told = [];
  outgoing.addEventListener('signed-out', () => told.push(1));
  outgoing.add(7, 'one');
  await answer(() => line.last.refuse(new Problem({ status: 401 })));
  assert.deepEqual(states(), ['one pending']);
  assert.deepEqual(told, [1]);
});

test('offline nothing is tried; a wake sends everything', async () => {
  line.isUp = false;
  outgoing.add(7, 'one');
  outgoing.add(8, 'two');
  await settle();
  assert.equal(line.attempts.length, 0);
  line.isUp = true;
  outgoing.wake();
  assert.deepEqual(line.attempts.map(({ text }) => text), ['one', 'two']);
});

test('a wake cuts a wait short', async () => {
  outgoing.add(7, 'one');
  await answer(() => line.last.refuse(new Unreachable()));
  outgoing.wake();
  await settle();
  assert.equal(line.attempts.length, 2);
});

describe('after a reload', () => {
  test('posts are there again, in their order, and leave under their keys', () => {
    line.isUp = false;
    const first = outgoing.add(7, 'one');
    mock.timers.tick(5);
    const second = outgoing.add(7, 'two');
    line.isUp = true;
    outgoing = open();
    assert.deepEqual(states(), ['one pending', 'two pending']);
    outgoing.wake();
    assert.equal(line.last.key, first.key);
    assert.notEqual(second.key, first.key);
  });

  test('their order is not the clock’s, which can stand still or be set back', () => {
    line.isUp = false;
    const texts = Array.from({ length: 12 }, (_, index) => `${index}`);
    mock.timers.setTime(1_000_000);
    for (const text of texts.slice(0, 8)) outgoing.add(7, text);
    mock.timers.setTime(500_000);
    outgoing = open();
    for (const text of texts.slice(8)) outgoing.add(7, text);
    storage.reverse();
    outgoing = open();
    assert.deepEqual(outgoing.of(7).map(({ text }) => text), texts);
  });

  for (const broken of ['{"key": "cut o', 'null', '7', '{}', '{"key": "k", "text": "no conversation", "place": 1}']) {
    test(`what was broken in the storage holds nothing up: ${broken}`, () => {
      line.isUp = false;
      outgoing.add(7, 'one');
      storage.setItem('lakeside:1:outgoing:broken', broken);
      outgoing = open();
      assert.deepEqual(states(), ['one pending']);
    });
  }

  test('a failed one is still failed, with its reason', async () => {
    outgoing.add(7, 'one');
    await answer(() => line.last.refuse(new Problem({ status: 404 })));
    outgoing = open();
    assert.deepEqual(states(), ['one failed']);
    assert.equal(outgoing.of(7)[0].reason, 'gone');
  });

  test('another person at this browser does not send them', () => {
    line.isUp = false;
    outgoing.add(7, 'one');
    outgoing = new Outgoing({ storage, prefix: 'lakeside:2', line });
    assert.deepEqual(states(), []);
  });

  test('one that had arrived before is not shown again', () => {
    line.isUp = false;
    const { key } = outgoing.add(7, 'one');
    outgoing = open();
    outgoing.delivered(key);
    assert.deepEqual(states(), []);
    assert.equal(storage.length, 0);
  });
});

test('one that was delivered by another way while an attempt failed is not tried again', async () => {
  const { key } = outgoing.add(7, 'one');
  outgoing.delivered(key);
  await answer(() => line.last.refuse(new Unreachable()));
  mock.timers.tick(60_000);
  await settle();
  assert.equal(line.attempts.length, 1);
  outgoing.add(7, 'two');
  await settle();
  assert.equal(line.last.text, 'two');
});

test('deleted and put back', async () => {
  const { key } = outgoing.add(7, 'one');
  await answer(() => line.last.refuse(new Problem({ status: 400 })));
  const post = outgoing.remove(key);
  assert.deepEqual(states(), []);
  outgoing.restore(post);
  assert.deepEqual(states(), ['one failed']);
});

test('a full storage does not stop a message', () => {
  storage.isFull = true;
  outgoing.add(7, 'one');
  assert.equal(line.attempts.length, 1);
});

test('keys are all different', () => {
  assert.equal(new Set(Array.from({ length: 1000 }, newKey)).size, 1000);
});
