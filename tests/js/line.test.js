import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

import { Problem, Unreachable } from '../../static/js/api.js';
import { Line } from '../../static/js/chat/line.js';
import { message, settle } from './cast.js';

class FakeSocket extends EventTarget {
  isOpen = true;
  sent = [];

  send(frame) {
    if (this.isOpen) this.sent.push(frame);
    return this.isOpen;
  }

  /** Answers what was sent last, unless another id is given. */
  answer(status, body, id = this.sent.at(-1).id) {
    this.dispatchEvent(new CustomEvent('answer', { detail: { type: 'answer', id, status, body } }));
  }

  greet() {
    this.isOpen = true;
    this.dispatchEvent(new CustomEvent('hello', { detail: { type: 'hello' } }));
  }

  lose() {
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent('state'));
  }
}

const post = { key: 'a', conversation: 7, text: '早' };
const page = { stream: 'conversation:7', changes: [], cursor: 'e1.g1~10', more: false, reset: false };
let socket;
let rest;
let isOnline;
let line;
/** The socket lets a question lie until it is too late. */
const letLie = async (asking) => {
  mock.timers.tick(10_000);
  await assert.rejects(asking, Unreachable);
};

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  socket = new FakeSocket();
  rest = [];
  isOnline = true;
  const api = {
    post: async (path, body) => (rest.push([path, body]), message(1)),
    get: async (path, query) => (rest.push([path, query]), page),
  };
  line = new Line({ socket, api, isOnline: () => isOnline });
});
afterEach(() => mock.timers.reset());

test('a post leaves by the socket and is answered under the id of its frame', async () => {
  const answer = line.post(post);
  const { id, ...frame } = socket.sent[0];
  assert.deepEqual(frame, { type: 'message.post', conversation: 7, key: 'a', text: '早' });
  socket.answer(201, message(2), 'another');
  socket.answer(201, message(1), id);
  assert.deepEqual(await answer, message(1));
  assert.deepEqual(rest, []);
});

test('so is a stream caught up with, from a cursor or without one', async () => {
  const answer = line.sync('conversation:7', 'e1.g1~9');
  const { id, ...frame } = socket.sent[0];
  assert.deepEqual(frame, { type: 'stream.sync', stream: 'conversation:7', cursor: 'e1.g1~9' });
  socket.answer(200, page, id);
  assert.deepEqual(await answer, page);
  void line.sync('member:1');
  assert.equal('cursor' in JSON.parse(JSON.stringify(socket.sent[1])), false);
  assert.notEqual(socket.sent[1].id, id);
  assert.deepEqual(rest, []);
});

test('while the socket is not open, both go by REST', async () => {
  socket.lose();
  await line.post(post);
  await line.sync('conversation:7', 'e1.g1~9');
  assert.deepEqual(rest, [
    ['conversations/7/messages', { key: 'a', text: '早' }],
    ['sync/conversation:7', { cursor: 'e1.g1~9' }],
  ]);
  assert.deepEqual(socket.sent, []);
});

test('it is worth trying while there is a network or an open socket', () => {
  assert.equal(line.isUp, true);
  isOnline = false;
  assert.equal(line.isUp, true);
  socket.lose();
  assert.equal(line.isUp, false);
});

test('a refusal is a problem, with the time to wait in milliseconds', async () => {
  const answer = line.post(post);
  socket.answer(429, { title: 'Slow down', retry_after: 2 });
  await assert.rejects(answer, (error) => error instanceof Problem && error.status === 429 && error.retryAfter === 2_000);
});

test('without an answer in ten seconds it is unknown whether it was carried out', async () => {
  const answer = line.post(post);
  const { id } = socket.sent[0];
  const ended = mock.fn();
  answer.catch(ended);
  mock.timers.tick(9_999);
  await settle();
  assert.equal(ended.mock.callCount(), 0);
  mock.timers.tick(1);
  await assert.rejects(answer, Unreachable);
  socket.answer(201, message(1), id);
});

test('nor does a connection that is gone answer', async () => {
  const answers = [line.post(post), line.sync('conversation:7')];
  socket.lose();
  for (const answer of answers) await assert.rejects(answer, Unreachable);
});

test('what cannot leave is not waited for', async () => {
  socket.send = () => false;
  await assert.rejects(line.post(post), Unreachable);
});

test('when the socket stays silent twice, REST; until it greets again', async () => {
  await letLie(line.sync('conversation:7'));
  await letLie(line.post(post));
  await line.sync('conversation:7');
  await line.post(post);
  assert.deepEqual(rest.map(([path]) => path), ['sync/conversation:7', 'conversations/7/messages']);
  socket.greet();
  void line.sync('conversation:7');
  assert.equal(socket.sent.length, 3);
});

test('a refusal by socket is an answer', async () => {
  await letLie(line.post(post));
  const refused = line.post(post);
  socket.answer(503, { title: 'Busy' });
  await assert.rejects(refused, Problem);
  await letLie(line.post(post));
  void line.post(post);
  assert.equal(socket.sent.length, 4);
  assert.deepEqual(rest, []);
});
