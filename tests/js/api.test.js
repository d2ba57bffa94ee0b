import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Api, Problem, Unreachable } from '../../static/js/api.js';

let asked;
let answer;
let api;

beforeEach(() => {
  asked = [];
  answer = () => new Response('{"id": 7}', { status: 200 });
  const fetch = async (url, options) => {
    asked.push([url, options]);
    return answer();
  };
  api = new Api('/api/v1/orgs/lakeside', { csrfToken: () => 'token', fetch });
});

test('reads JSON, with a query of what is set', async () => {
  assert.deepEqual(await api.get('conversations', { cursor: null, limit: 50, q: '林 溪' }), { id: 7 });
  assert.equal(asked[0][0], '/api/v1/orgs/lakeside/conversations?limit=50&q=%E6%9E%97+%E6%BA%AA');
  assert.equal(asked[0][1].headers['X-CSRFToken'], undefined);
});

test('writes with the CSRF token', async () => {
  await api.post('conversations', { name: '2.0' });
  const [, { method, headers, body, credentials }] = asked[0];
  assert.deepEqual([method, headers['X-CSRFToken'], body, credentials], ['POST', 'token', '{"name":"2.0"}', 'same-origin']);
});

test('an answer without words is null', async () => {
  answer = () => new Response(null, { status: 204 });
  assert.equal(await api.delete('conversations/7/participants/3'), null);
});

test('a problem says which field and why, and how long to wait', async () => {
  const problem = { title: 'Bad', status: 400, detail: 'no', errors: [{ field: 'text', message: 'This is too long.' }] };
  answer = () => new Response(JSON.stringify(problem), { status: 429, headers: { 'Retry-After': '3' } });
  await assert.rejects(api.post('x', {}), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.status, error.message, error.retryAfter], [429, 'This is too long.', 3000]);
    return true;
  });
});

test('a proxy’s page of words is a problem, too', async () => {
  answer = () => new Response('<h1>502</h1>', { status: 502 });
  await assert.rejects(api.get('x'), (error) => error instanceof Problem && error.status === 502 && error.retryAfter === null);
});

test('a good answer in another language is not the server’s', async () => {
  answer = () => new Response('<h1>Sign in to the hotel</h1>', { status: 200 });
  await assert.rejects(api.post('x', {}), Unreachable);
});

test('no answer is unreachable', async () => {
  answer = () => {
    throw new TypeError('fetch failed');
  };
  await assert.rejects(api.get('x'), Unreachable);
});
