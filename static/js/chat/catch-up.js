import { Problem } from '../api.js';
import { delayAfter, Pauses } from '../backoff.js';
import { on } from '../events.js';
import { versionOf } from './cursors.js';
import { conversationOf } from './streams.js';

/** @import {Api} from '../api.js' */
/** @import {Line} from './line.js' */
/** @import {ChangesFrame, Heartbeat, Hello, ListItem, Page, SyncAnswer} from './types.js' */
/** @import {Place} from './window.js' */
/** @import {Store} from './store.js' */

/** More rows than this are fetched as pages of the list, not one by one. */
const FEW = 20;
const AT_ONCE = 4;
/** Doubts of the same moment (a bulk change of participants) are asked once. */
const GATHER = 250;
/** An answer that is still behind (a lagging replica) is asked again this often at most. */
const PATIENCE = 6;

/**
 * Brings the store to where the server is: after a greeting, over gaps, and wherever a row is in doubt.
 * Conversations whose rows are on screen are synced change by change, all others only need their list item again.
 *
 * Events: `settled` when nothing is under way any more, `caught-up` (`detail.conversation`).
 */
export class CatchUp extends EventTarget {
  /** @type {Map<string, number>} stream to the version that a running sync must reach */
  #running = new Map();
  /** @type {Set<number>} */
  #doubted = new Set();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #gathering;
  /** @type {Set<number>} */
  #fetching = new Set();
  /** @type {Promise<void>|null} */
  #listing = null;
  #pauses = new Pauses();

  /**
   * @param {{store: Store, api: Pick<Api, 'get'>, line: Pick<Line, 'sync'>, isOpen: (conversation: number) => boolean,
   *   random?: () => number}} options
   */
  constructor({ store, api, line, isOpen, random = Math.random }) {
    super();
    this.store = store;
    this.api = api;
    this.line = line;
    this.isOpen = isOpen;
    this.random = random;
    on(store, 'doubt', ({ conversation }) => this.doubt(conversation));
  }

  /**
   * @param {Hello} hello also the answer to `heads`
   * @returns {Promise<void>} when everything that was behind has been asked for
   */
  async greet(hello) {
    this.#pauses.end();
    this.store.streams.enterEpoch(hello.epoch);
    const heads = { ...hello.heads };
    await this.#ask(heads);
    this.store.streams.forgetBut(heads);
    // Streams that we follow and the server no longer names have ended for us.
    for (const stream of [...this.store.streams.cursors.keys()]) {
      const id = conversationOf(stream);
      if (id !== null && !(stream in heads)) await this.#fetch(id);
    }
  }

  /**
   * @param {Heartbeat} heartbeat
   * @returns {Promise<boolean>} false when counts still differ after what it named: ask for all heads
   */
  async check(heartbeat) {
    if (heartbeat.epoch !== this.store.streams.epoch) return false;
    await this.#ask(heartbeat.heads);
    return this.store.streams.agrees(heartbeat);
  }

  /** @param {ChangesFrame} frame */
  take(frame) {
    const outcome = this.store.applyFrame(frame);
    const id = conversationOf(frame.stream);
    if (outcome === 'unknown') {
      this.store.streams.note(frame.stream, frame.to);
      if (id !== null) this.doubt(id);
      else void this.sync(frame.stream, { target: frame.to });
    } else if (outcome === 'gap') {
      if (id === null || this.isOpen(id)) void this.sync(frame.stream, { target: frame.to });
      else void this.#carryOver(id);
    }
  }

  /** @param {number} id a conversation whose row only the server knows now */
  doubt(id) {
    this.#doubted.add(id);
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      const ids = [...this.#doubted];
      this.#doubted.clear();
      void this.#fetchAll(ids);
    }, GATHER);
  }

  /**
   * A history page that was asked for at `place` has arrived.
   * @param {number} id
   * @param {Page} page
   * @param {Place} place
   * @returns {Promise<boolean>} false if it had to be thrown away; then the rows are to be asked for again
   */
  async takePage(id, page, place) {
    const outcome = this.store.applyPage(id, page, place);
    const stream = `conversation:${id}`;
    if (outcome === 'late') void this.sync(stream, { from: page.cursor });
    if (outcome === 'foreign') await this.sync(stream);
    return outcome === 'joined' || outcome === 'late';
  }

  /**
   * Follows one stream to its head.
   * @param {string} stream
   * @param {{from?: string, target?: number}} [options] `from`: the cursor of a late history page; `target`: a
   *   version that is known to exist
   * @returns {Promise<void>}
   */
  async sync(stream, { from, target = 0 } = {}) {
    if (from === undefined) {
      const wanted = this.#running.get(stream);
      this.#running.set(stream, Math.max(wanted ?? 0, target));
      if (wanted !== undefined) return;
    }
    try {
      await this.#follow(stream, from);
    } finally {
      if (from === undefined) this.#running.delete(stream);
    }
    const id = conversationOf(stream);
    if (id !== null) this.#tell('caught-up', { conversation: id });
    if (!this.#running.size) this.#tell('settled');
  }

  /**
   * The whole list again, page by page; what it no longer names is gone.
   * @returns {Promise<void>}
   */
  list() {
    this.#listing ??= this.#list().finally(() => {
      this.#listing = null;
    });
    return this.#listing;
  }

  /** @param {Record<string, number>} heads */
  async #ask(heads) {
    const behind = this.store.streams.behind(heads);
    /** @type {number[]} */
    const closed = [];
    /** @type {Promise<void>[]} */
    const syncs = [];
    for (const stream of behind) {
      const id = conversationOf(stream);
      if (id === null || (this.isOpen(id) && this.store.get(id))) syncs.push(this.sync(stream, { target: heads[stream] }));
      else closed.push(id);
    }
    for (const id of closed) {
      if (!this.store.get(id)) this.store.streams.note(`conversation:${id}`, heads[`conversation:${id}`]);
      this.store.dropWindow(id);
    }
    await Promise.all(syncs);
    if (closed.length > FEW) await this.list();
    else await this.#fetchAll(closed);
  }

  /**
   * @param {string} stream
   * @param {string} [from]
   */
  async #follow(stream, from) {
    let cursor = from;
    let asked = 0;
    for (;;) {
      const answer = /** @type {SyncAnswer|null|undefined} */ (
        await this.#patiently(() => this.line.sync(stream, cursor ?? this.store.streams.cursors.get(stream)))
      );
      if (!answer) return;
      const isApplied = this.store.applySync(answer);
      if (!isApplied && from !== undefined) return;
      if (answer.reset && stream.startsWith('member:')) await this.list();
      if (isApplied && answer.more) {
        cursor = from === undefined ? undefined : answer.cursor;
        continue;
      }
      const target = this.#running.get(stream) ?? 0;
      if (from !== undefined || asked >= PATIENCE) return;
      if (isApplied && versionOf(answer.cursor) >= target) return;
      await this.#pauses.wait(delayAfter(asked, this.random));
      asked += 1;
    }
  }

  /** @param {number} id a gap in a conversation that is not on screen */
  async #carryOver(id) {
    this.store.dropWindow(id);
    await this.#fetch(id);
  }

  /** @param {number[]} ids */
  async #fetchAll(ids) {
    const waiting = [...ids];
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await this.#fetch(id);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
    if (ids.length && !this.#running.size) this.#tell('settled');
  }

  /** @param {number} id */
  async #fetch(id) {
    if (this.#fetching.has(id)) {
      // The answer under way may be older than what raised this doubt.
      this.#doubted.add(id);
      return;
    }
    this.#fetching.add(id);
    try {
      for (let asked = 0; asked < PATIENCE; asked += 1) {
        const item = /** @type {ListItem|null|undefined} */ (
          await this.#patiently(() => this.api.get(`conversations/${id}`))
        );
        if (item === undefined) break;
        if (item === null || !item.membership.is_active) {
          this.store.remove(id);
          break;
        }
        if (this.store.putItem(item)) break;
        await this.#pauses.wait(delayAfter(asked, this.random));
      }
    } finally {
      this.#fetching.delete(id);
      if (this.#doubted.has(id) && !this.#gathering) this.doubt(id);
    }
  }

  async #list() {
    const named = new Set();
    /** @type {string|null} */
    let cursor = null;
    do {
      /** @type {{results: ListItem[], next: string|null}|null|undefined} */
      const page = await this.#patiently(() => this.api.get('conversations', { cursor, limit: 100 }));
      if (!page) return;
      for (const item of page.results) {
        named.add(item.conversation.id);
        this.store.putItem(item);
      }
      cursor = page.next;
    } while (cursor);
    for (const id of [...this.store.conversations.keys()]) if (!named.has(id)) await this.#fetch(id);
  }

  /**
   * Asks until the network answers.
   * @param {() => Promise<any>} ask
   * @returns {Promise<any>} null for what is gone or foreign, undefined where the server refuses to say
   */
  async #patiently(ask) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        const isProblem = error instanceof Problem;
        if (isProblem && error.status === 404) return null;
        if (isProblem && error.status < 500 && error.status !== 429) return undefined;
        await this.#pauses.wait((isProblem && error.retryAfter) || delayAfter(attempt, this.random));
      }
    }
  }

  /**
   * @param {string} kind
   * @param {object} [detail]
   */
  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
