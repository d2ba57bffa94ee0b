import { Problem, Unreachable } from '../api.js';
import { delayAfter, Pauses } from '../backoff.js';
import { newKey } from '../keys.js';

/** @import {Line} from './line.js' */

/**
 * @typedef {{key: string, conversation: number, text: string, createdAt: number, place: number,
 *   state: 'pending'|'failed', reason: string}} Post `place`: in the order in which they leave
 */

/**
 * The posts that are not yet acknowledged. Each is stored under its key before the first attempt, survives reload
 * and offline, and is tried again until the server has answered; its key makes all attempts one message. Within a
 * conversation one leaves after the other; what the server refuses stands aside as failed and lets the rest pass.
 *
 * Events: `change` (`detail.conversation`), `posted` (`detail.message`), `signed-out`.
 */
export class Outgoing extends EventTarget {
  /** @type {Map<string, Post>} by key, in the order in which they leave */
  #posts = new Map();
  /** @type {Set<number>} conversations with an attempt under way */
  #leaving = new Set();
  #pauses = new Pauses();

  /**
   * @param {{storage: Storage, prefix: string, line: Pick<Line, 'isUp'|'post'>, random?: () => number}} options
   *   `prefix` names the organization and the member: a second person at this browser must not send the first one's words
   */
  constructor({ storage, prefix, line, random = Math.random }) {
    super();
    this.storage = storage;
    this.prefix = `${prefix}:outgoing:`;
    this.line = line;
    this.random = random;
    for (const post of this.#stored()) this.#posts.set(post.key, post);
  }

  /** @param {number} conversation */
  of(conversation) {
    return [...this.#posts.values()].filter((post) => post.conversation === conversation);
  }

  /** @param {string} key */
  get(key) {
    return this.#posts.get(key) ?? null;
  }

  /** Posts that wait for the network or for an answer. */
  get pendingCount() {
    return [...this.#posts.values()].filter(({ state }) => state === 'pending').length;
  }

  /**
   * @param {number} conversation
   * @param {string} text
   * @returns {Post}
   */
  add(conversation, text) {
    /** @type {Post} */
    const post = { ...this.#last(newKey()), conversation, text };
    this.#put(post);
    void this.#leave(conversation);
    return post;
  }

  /**
   * Tries a failed post again, after those that already wait.
   * @param {string} key
   */
  retry(key) {
    const post = this.#posts.get(key);
    if (!post || post.state !== 'failed') return;
    this.#forget(key);
    // Under its own key the server would answer a conflict again.
    const again = post.reason === 'conflict' ? newKey() : key;
    this.#put({ ...post, ...this.#last(again) });
    void this.#leave(post.conversation);
  }

  /**
   * Gives a failed post up.
   * @param {string} key
   * @returns {Post|null} what was given up, to be put back by `restore`
   */
  remove(key) {
    const post = this.#posts.get(key);
    if (!post) return null;
    this.#forget(key);
    this.#tell('change', { conversation: post.conversation });
    return post;
  }

  /** @param {Post} post */
  restore(post) {
    this.#put(post);
    void this.#leave(post.conversation);
  }

  /**
   * The message was seen in the conversation, by whatever way it came.
   * @param {string} key
   */
  delivered(key) {
    this.remove(key);
  }

  /** The line changed for the better, or the page was just opened: try at once. */
  wake() {
    this.#pauses.end();
    for (const conversation of new Set([...this.#posts.values()].map((post) => post.conversation))) {
      void this.#leave(conversation);
    }
  }

  /** @param {number} conversation */
  async #leave(conversation) {
    if (this.#leaving.has(conversation)) return;
    this.#leaving.add(conversation);
    try {
      let attempt = 0;
      for (let post = this.#next(conversation); post; post = this.#next(conversation)) {
        if (!this.line.isUp) return;
        const outcome = await this.#try(post);
        if (outcome === 'stop') return;
        if (outcome === 'done') attempt = 0;
        else {
          await this.#pauses.wait(outcome ?? delayAfter(attempt, this.random));
          attempt += 1;
        }
      }
    } finally {
      this.#leaving.delete(conversation);
    }
  }

  /**
   * @param {Post} post
   * @returns {Promise<'done'|'stop'|number|null>} a number or null: try again, after these milliseconds or a backoff
   */
  async #try(post) {
    try {
      const message = await this.line.post(post);
      // The row is in the conversation before the pending one goes, so that nothing blinks.
      this.#tell('posted', { message });
      this.delivered(post.key);
      return 'done';
    } catch (error) {
      if (!this.#posts.has(post.key)) return 'done';
      const verdict = verdictOn(error);
      if (verdict === 'again') return error instanceof Problem ? error.retryAfter : null;
      if (verdict === 'signed-out') {
        this.#tell('signed-out');
        return 'stop';
      }
      this.#put({ ...post, state: 'failed', reason: refusalIn(/** @type {Problem} */ (error)) });
      return 'done';
    }
  }

  /** @param {number} conversation */
  #next(conversation) {
    return this.of(conversation).find((post) => post.state === 'pending') ?? null;
  }

  /**
   * What is said now, behind all that waits. The clock does not say the order: it can be set back.
   * @param {string} key
   * @returns {Pick<Post, 'key'|'createdAt'|'place'|'state'|'reason'>}
   */
  #last(key) {
    const place = 1 + Math.max(0, ...[...this.#posts.values()].map((post) => post.place));
    return { key, createdAt: Date.now(), place, state: 'pending', reason: '' };
  }

  /** @param {Post} post */
  #put(post) {
    this.#posts.set(post.key, post);
    try {
      this.storage.setItem(this.prefix + post.key, JSON.stringify(post));
    } catch {
      // A full or forbidden storage: the post then lives as long as the page.
    }
    this.#tell('change', { conversation: post.conversation });
  }

  /** @param {string} key */
  #forget(key) {
    this.#posts.delete(key);
    this.storage.removeItem(this.prefix + key);
  }

  /** @returns {Post[]} */
  #stored() {
    const posts = [];
    for (let index = 0; index < this.storage.length; index += 1) {
      const name = this.storage.key(index);
      const post = name?.startsWith(this.prefix) && postIn(this.storage.getItem(name));
      if (post) posts.push(post);
    }
    // Two tabs may have given the same place.
    return posts.sort((a, b) => a.place - b.place || a.createdAt - b.createdAt);
  }

  /**
   * @param {string} kind
   * @param {object} [detail]
   */
  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/**
 * @param {string|null} text
 * @returns {Post|null} null for what is no post: whatever broke it, the others leave
 */
function postIn(text) {
  try {
    const post = JSON.parse(text ?? '');
    const isPost = typeof post.key === 'string' && typeof post.text === 'string' && Number.isInteger(post.conversation);
    return isPost && Number.isInteger(post.place) ? post : null;
  } catch {
    return null;
  }
}

/**
 * What a failed attempt means for the post.
 * @param {unknown} error
 * @returns {'again'|'failed'|'signed-out'}
 */
export function verdictOn(error) {
  if (error instanceof Unreachable) return 'again';
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401) return 'signed-out';
  if (error.status >= 500 || error.status === 429 || error.status === 408) return 'again';
  return 'failed';
}

/**
 * @param {Problem} problem
 * @returns {string} `conflict`, `gone`, or the server's own words
 */
function refusalIn(problem) {
  if (problem.status === 409) return 'conflict';
  if (problem.status === 404) return 'gone';
  return problem.message;
}
