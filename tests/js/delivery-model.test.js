/**
 * A browser against a small server, over a bus that loses, repeats and reorders, with history pages that arrive late,
 * a restore and a change of visibility: after one greeting on a working network the window shows what the server has.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

import { Problem, Unreachable } from '../../static/js/api.js';
import { CatchUp } from '../../static/js/chat/catch-up.js';
import { Store } from '../../static/js/chat/store.js';
import { conversation, lin, membership, message, settle, wei } from './cast.js';

const RUNS = Number(process.env.RUNS ?? 150);
const STEPS = 60;
const SYNC_PAGE = 3;

/** Mulberry32: the same runs on every machine. */
function randomOf(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

class Server {
  epoch = 1;
  generation = 1;
  version = 0;
  messages = [];
  from = 1;
  seen = 0;

  cursor(version = this.version) {
    return `${this.epoch}.${this.generation}~${version}`;
  }

  visible() {
    return this.messages.filter(({ seq }) => seq >= this.from);
  }

  post(by) {
    this.version += 1;
    const seq = this.messages.length + 1;
    this.messages.push(message(seq, { by, version: this.version, key: `${this.epoch}-${seq}` }));
    if (by === lin) this.seen = seq;
    return this.frame('message.posted', this.messages.at(-1));
  }

  change(index, random) {
    const one = this.messages[index];
    if (one.recalled_at) return null;
    this.version += 1;
    const words =
      random() < 0.5
        ? { text: `edit ${this.version}`, edited_at: one.posted_at }
        : { text: '', html: '', recalled_at: one.posted_at };
    this.messages[index] = { ...one, ...words, version: this.version };
    return this.frame('message.changed', this.messages[index]);
  }

  switchHistory(random) {
    this.version += 1;
    this.generation += 1;
    this.from = random() < 0.5 ? 1 : Math.max(1, this.messages.length - 4);
    return { ...this.frame('', null), reset: true };
  }

  frame(kind, object) {
    return {
      type: 'changes',
      stream: 'conversation:7',
      epoch: this.epoch,
      from: this.version - 1,
      to: this.version,
      reset: false,
      // What the viewer may not see moves the version and nothing else.
      changes: object && object.seq >= this.from ? [{ kind, version: this.version, object }] : [],
    };
  }

  unread() {
    return this.visible().filter((one) => one.seq > this.seen && one.sender !== lin && !one.recalled_at).length;
  }

  item() {
    const last = this.visible().at(-1) ?? null;
    return {
      conversation: conversation(this.messages.length, { version: this.version }),
      membership: membership({ seen_seq: this.seen, unread: this.unread(), version: 1 }),
      last_message: last,
      cursor: this.cursor(),
    };
  }

  page({ before, limit }) {
    const rows = this.visible().filter(({ seq }) => before == null || seq < before);
    const messages = rows.slice(-limit);
    return {
      messages,
      cursor: this.cursor(),
      has_before: rows.length > messages.length,
      has_after: before != null,
    };
  }

  sync(cursor) {
    const [opaque, at] = cursor.split('~');
    if (opaque !== `${this.epoch}.${this.generation}` || Number(at) > this.version) {
      const changes = this.visible().slice(-5).map((object) => ({ kind: 'snapshot', version: object.version, object }));
      return { stream: 'conversation:7', changes, cursor: this.cursor(), more: false, reset: true };
    }
    const changed = this.visible()
      .filter(({ version }) => version > Number(at))
      .sort((a, b) => a.version - b.version)
      .map((object) => ({ kind: 'message.posted', version: object.version, object }));
    const changes = changed.slice(0, SYNC_PAGE);
    const more = changed.length > SYNC_PAGE;
    return {
      stream: 'conversation:7',
      changes,
      cursor: this.cursor(more ? changes.at(-1).version : this.version),
      more,
      reset: false,
    };
  }
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

async function quiet() {
  for (let turn = 0; turn < 40; turn += 1) {
    await settle();
    mock.timers.tick(40_000);
  }
  await settle();
}

async function run(seed) {
  const random = randomOf(seed);
  const server = new Server();
  for (let seq = 1; seq <= 8; seq += 1) server.post(wei);
  let isFlaky = true;
  const api = {
    async get(path) {
      if (isFlaky && random() < 0.3) throw new Unreachable();
      if (path === 'conversations/7') return server.item();
      if (path === 'conversations') return { results: [server.item()], next: null };
      throw new Problem({ status: 404 });
    },
  };
  const line = {
    async sync(stream, cursor) {
      if (isFlaky && random() < 0.3) throw new Unreachable();
      return server.sync(cursor);
    },
  };
  const store = new Store({ me: lin.id, epoch: 1 });
  store.putItem(server.item());
  const catchUp = new CatchUp({ store, api, line, isOpen: () => true, random });
  const late = [];
  const ask = (place, query) => late.push([place, server.page(query)]);
  const arrive = ([place, page]) => void catchUp.takePage(7, page, place);
  arrive([{ kind: 'newest' }, server.page({ limit: 4 })]);
  const bus = [];
  let saved = null;
  for (let step = 0; step < STEPS; step += 1) {
    const dice = random();
    if (dice < 0.25) bus.push(server.post(random() < 0.3 ? lin : wei));
    else if (dice < 0.4) {
      const frame = server.change(Math.floor(random() * server.messages.length), random);
      if (frame) bus.push(frame);
    } else if (dice < 0.55) {
      const { lowest } = store.get(7).window;
      if (lowest !== null) ask({ kind: 'before', seq: lowest }, { before: lowest, limit: 3 });
    } else if (dice < 0.65 && late.length) arrive(late.splice(Math.floor(random() * late.length), 1)[0]);
    else if (dice < 0.68) bus.push(server.switchHistory(random));
    else if (dice < 0.7) saved = structuredClone({ ...server });
    else if (dice < 0.72 && saved) {
      const { epoch } = server;
      Object.assign(server, structuredClone(saved), { epoch: epoch + 1 });
      bus.length = 0;
    } else if (bus.length) {
      const frame = bus.splice(Math.floor(random() * bus.length), 1)[0];
      const fate = random();
      if (fate > 0.25) catchUp.take(frame);
      if (fate > 0.85) catchUp.take(frame);
    }
    if (random() < 0.3) mock.timers.tick(700);
    await settle();
  }
  for (const one of late) arrive(one);
  isFlaky = false;
  void catchUp.greet({ type: 'hello', epoch: server.epoch, heads: { 'conversation:7': server.version } });
  await quiet();
  const { window, unread } = store.get(7);
  const shown = (one) => [one.seq, one.text, one.version];
  const wanted = server.visible().filter(({ seq }) => seq >= (window.lowest ?? Infinity));
  assert.deepEqual(window.messages.map(shown), wanted.map(shown), `run ${seed}`);
  assert.equal(store.streams.version('conversation:7'), server.version, `run ${seed}`);
  assert.equal(unread.count, server.unread(), `unread of run ${seed}`);
  if (server.visible().length > window.messages.length) assert.equal(window.hasBefore, true, `run ${seed}`);
}

test('a healed browser shows what the server has', async () => {
  for (let seed = 1; seed <= RUNS; seed += 1) await run(seed);
});
