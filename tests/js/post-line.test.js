import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

import { Problem, Unreachable } from '../../static/js/api.js';
import { PostLine } from '../../static/js/chat/post-line.js';
import { message } from './cast.js';

class FakeSocket extends EventTarget {
  isOpen = true;
  sent = [];

  send(frame) {
    if (this.isOpen) this.sent.push(frame);
    return this.isOpen;
  }

  answer(id, status, body) {
    this.dispatchEvent(new CustomEvent('answer', { detail: { type: 'answer', id, status, body } }));
  }

  lose() {
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent('state'));
  }
}

const post = { key: 'a', conversation: 7, text: '早' };
let socket;
let posted;
let line;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  socket = new FakeSocket();
  posted = [];
  const api = { post: async (path, body) => (posted.push([path, body]), message(1)) };
  line = new PostLine({ socket, api, isOnline: () => true });
});
afterEach(() => mock.timers.reset());

test('by socket a post is answered under its key', async () => {
  const answer = line.bySocket(post);
  assert.deepEqual(socket.sent, [{ type: 'message.post', id: 'a', conversation: 7, key: 'a', text: '早' }]);
  socket.answer('b', 201, message(2));
  socket.answer('a', 201, message(1));
  assert.deepEqual(await answer, message(1));
});

test('a refusal is a problem, with the time to wait in milliseconds', async () => {
  const answer = line.bySocket(post);
  socket.answer('a', 429, { title: 'Slow down', retry_after: 2 });
  await assert.rejects(answer, (error) => error instanceof Problem && error.status === 429 && error.retryAfter === 2_000);
});

test('without an answer in ten seconds it is unknown whether it was carried out', async () => {
  const answer = line.bySocket(post);
  mock.timers.tick(9_999);
  mock.timers.tick(1);
  await assert.rejects(answer, Unreachable);
  socket.answer('a', 201, message(1));
});

test('nor does a connection that is gone answer', async () => {
  const answers = [line.bySocket(post), line.bySocket({ ...post, key: 'b' })];
  socket.lose();
  for (const answer of answers) await assert.rejects(answer, Unreachable);
  await assert.rejects(line.bySocket(post), Unreachable, 'what cannot leave is not waited for');
});

test('by REST it goes to its conversation', async () => {
  await line.byRest(post);
  assert.deepEqual(posted, [['conversations/7/messages', { key: 'a', text: '早' }]]);
});
