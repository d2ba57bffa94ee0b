import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

import { delayAfter } from '../../static/js/backoff.js';
import { Socket } from '../../static/js/socket.js';

class FakeWebSocket {
  static lines = [];
  sent = [];
  readyState = 0;
  isClosed = false;

  constructor(url) {
    this.url = url;
    FakeWebSocket.lines.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }

  frame(...frames) {
    this.readyState = 1;
    this.onmessage({ data: frames.map((frame) => JSON.stringify(frame)).join('\n') });
  }

  lost(code = 1006) {
    this.onclose({ code });
  }
}

const hello = { type: 'hello', epoch: 1, heads: {} };
const line = () => FakeWebSocket.lines.at(-1);
let socket;
let isOnline;
let chance;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  FakeWebSocket.lines = [];
  isOnline = true;
  chance = 0;
  socket = new Socket('wss://lakeside.example/ws/v1/orgs/lakeside/', {
    WebSocket: FakeWebSocket,
    random: () => chance,
    isOnline: () => isOnline,
  });
  socket.start();
});
afterEach(() => mock.timers.reset());

test('it is open once the server has greeted', () => {
  assert.equal(socket.state, 'connecting');
  assert.equal(socket.send({ type: 'heads' }), false);
  line().frame(hello);
  assert.equal(socket.state, 'open');
  assert.equal(socket.send({ type: 'heads' }), true);
  assert.deepEqual(line().sent, [{ type: 'heads' }]);
});

test('a text frame holds one object a line, each is an event', () => {
  const heard = [];
  for (const type of ['hello', 'changes', 'typing']) socket.addEventListener(type, ({ detail }) => heard.push(detail));
  line().frame(hello, { type: 'changes', to: 1 }, { type: 'typing', member: 2 });
  assert.deepEqual(heard.map(({ type }) => type), ['hello', 'changes', 'typing']);
});

test('a lost line is opened again, later after every failure', () => {
  for (const wait of [500, 500, 500]) {
    const before = FakeWebSocket.lines.length;
    line().lost();
    assert.equal(socket.state, 'waiting');
    mock.timers.tick(wait - 1);
    assert.equal(FakeWebSocket.lines.length, before);
    mock.timers.tick(1);
    assert.equal(FakeWebSocket.lines.length, before + 1);
  }
  assert.equal(delayAfter(0, () => 0.999) > delayAfter(0, () => 0), true);
});

test('the wait is jittered between half a second and thirty', () => {
  assert.equal(delayAfter(0, () => 0), 500);
  assert.equal(delayAfter(0, () => 0.5), 750);
  assert.equal(delayAfter(3, () => 0.999) <= 8_000, true);
  assert.equal(delayAfter(50, () => 0.99999) <= 30_000, true);
  assert.equal(delayAfter(50, () => 0.5) > 14_000, true);
});

test('a line that greets and falls at once does not start the row of waits from the beginning', () => {
  socket.random = () => 1;
  const waits = [];
  for (let round = 0; round < 4; round += 1) {
    line().frame(hello);
    const lines = FakeWebSocket.lines.length;
    line().lost(1012);
    let waited = 0;
    while (FakeWebSocket.lines.length === lines) {
      mock.timers.tick(500);
      waited += 500;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000]);
});

test('silence for 25 seconds ends the line', () => {
  line().frame(hello);
  mock.timers.tick(20_000);
  line().frame({ type: 'heartbeat' });
  mock.timers.tick(24_000);
  assert.equal(socket.state, 'open');
  const dead = line();
  mock.timers.tick(1_000);
  assert.equal(socket.state, 'waiting');
  assert.equal(dead.isClosed, true);
});

test('what a dead line still says is not heard', () => {
  line().frame(hello);
  const dead = line();
  mock.timers.tick(26_000);
  const heard = [];
  socket.addEventListener('changes', () => heard.push(1));
  dead.frame({ type: 'changes' });
  dead.lost();
  assert.deepEqual(heard, []);
});

test('signed out is not opened again', () => {
  const ended = [];
  socket.addEventListener('ended', ({ detail }) => ended.push(detail.code));
  line().frame(hello);
  line().lost(4001);
  mock.timers.tick(60_000);
  socket.networkUp();
  assert.deepEqual(ended, [4001]);
  assert.equal(FakeWebSocket.lines.length, 1);
});

test('reading too slowly and a restart are opened again', () => {
  for (const code of [4008, 4009, 4400, 1012]) {
    line().frame(hello);
    line().lost(code);
    assert.equal(socket.state, 'waiting', String(code));
    mock.timers.tick(30_000);
  }
});

test('a tab that gave way to others waits long, but not when it is looked at', () => {
  chance = 0.9;
  line().frame(hello);
  mock.timers.tick(6_000);
  line().lost(4010);
  assert.equal(socket.state, 'waiting');
  mock.timers.tick(20_000);
  assert.equal(FakeWebSocket.lines.length, 1);
  socket.probe();
  assert.equal(FakeWebSocket.lines.length, 2);
  line().frame(hello);
  line().lost(4010);
  mock.timers.tick(30_000);
  assert.equal(FakeWebSocket.lines.length, 3);
});

test('without a network nothing is tried; with it, at once', () => {
  line().frame(hello);
  isOnline = false;
  socket.networkDown();
  assert.equal(socket.state, 'offline');
  mock.timers.tick(60_000);
  assert.equal(FakeWebSocket.lines.length, 1);
  isOnline = true;
  socket.networkUp();
  assert.equal(FakeWebSocket.lines.length, 2);
});

test('a probe that is not answered in four seconds ends the line', () => {
  line().frame(hello);
  socket.probe();
  mock.timers.tick(4_000);
  assert.equal(socket.state, 'waiting');
});

test('a probe that is answered keeps it', () => {
  line().frame(hello);
  socket.probe();
  line().frame(hello);
  mock.timers.tick(10_000);
  assert.equal(socket.state, 'open');
});

test('coming back to the tab does not wait for the next attempt', () => {
  line().lost();
  socket.probe();
  assert.equal(FakeWebSocket.lines.length, 2);
});
