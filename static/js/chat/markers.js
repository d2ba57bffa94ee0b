import { Problem } from '../api.js';
import { Ranges } from './ranges.js';

/** @import {Membership} from './types.js' */

/** At most one request of a kind and conversation in this time. */
const INTERVAL = 1_000;
/** Rows that appear together leave together. */
const GATHER = 60;
const AFTER_FAILURE = 5_000;

/**
 * The two markers of reading. Evidence: the rows that were really displayed, as ranges, so that a jump to the bottom
 * does not claim what it skipped. Badge: how far one has seen, moved by reading to the end.
 */
export class Markers {
  /** @type {Map<number, Ranges>} */
  #displayed = new Map();
  /** @type {Map<number, number>} */
  #seen = new Map();
  /** @type {Map<number, Ranges>} what was already reported from this page */
  #reported = new Map();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  #lastSent = -INTERVAL;
  /** @type {number|null} conversation that was marked unread and stays so until it is opened again */
  #keptUnread = null;

  /**
   * @param {{membershipOf: (conversation: number) => Membership|null,
   *   read: (conversation: number, displayed: [number, number][]) => Promise<void>,
   *   see: (conversation: number, seq: number) => Promise<void>}} options `read` and `see` throw what the API throws
   */
  constructor({ membershipOf, read, see }) {
    this.membershipOf = membershipOf;
    this.read = read;
    this.see = see;
  }

  /**
   * A row stood on the screen, in a tab that somebody looks at.
   * @param {number} conversation
   * @param {number} seq
   */
  displayed(conversation, seq) {
    const membership = this.membershipOf(conversation);
    if (!membership || seq <= membership.read_seq || this.#reported.get(conversation)?.has(seq)) return;
    if (membership.read_ranges.some(([from, to]) => seq >= from && seq <= to)) return;
    const ranges = this.#displayed.get(conversation) ?? new Ranges();
    ranges.add(seq);
    this.#displayed.set(conversation, ranges);
    this.#schedule();
  }

  /**
   * The person has read to the end.
   * @param {number} conversation
   * @param {number} head
   */
  reachedEnd(conversation, head) {
    const membership = this.membershipOf(conversation);
    if (!membership || head <= membership.seen_seq || head <= (this.#seen.get(conversation) ?? 0)) return;
    this.#seen.set(conversation, head);
    this.#schedule();
  }

  /**
   * The person marked the open conversation as unread: what was not yet said of its end would undo that, and so would
   * reading on.
   * @param {number} conversation
   */
  keepUnread(conversation) {
    this.#keptUnread = conversation;
    this.#seen.delete(conversation);
  }

  /** @param {number} conversation */
  isKeptUnread(conversation) {
    return conversation === this.#keptUnread;
  }

  /** The person went elsewhere. */
  opened() {
    this.#keptUnread = null;
  }

  /** @param {number} [wait] */
  #schedule(wait = Math.max(GATHER, this.#lastSent + INTERVAL - Date.now())) {
    this.#timer ??= setTimeout(() => void this.#flush(), wait);
  }

  async #flush() {
    this.#lastSent = Date.now();
    const displayed = this.#displayed;
    const seen = this.#seen;
    this.#displayed = new Map();
    this.#seen = new Map();
    this.#timer = undefined;
    let hasFailed = false;
    for (const [conversation, ranges] of displayed) {
      const reported = this.#reported.get(conversation) ?? new Ranges();
      this.#reported.set(conversation, reported);
      if (await arrives(() => this.read(conversation, ranges.toArray()))) {
        for (const [from, to] of ranges.toArray()) reported.add(from, to);
      } else {
        const later = this.#displayed.get(conversation) ?? new Ranges();
        for (const [from, to] of ranges.toArray()) later.add(from, to);
        this.#displayed.set(conversation, later);
        hasFailed = true;
      }
    }
    for (const [conversation, seq] of seen) {
      if (await arrives(() => this.see(conversation, seq))) continue;
      this.#seen.set(conversation, Math.max(seq, this.#seen.get(conversation) ?? 0));
      hasFailed = true;
    }
    if (hasFailed) this.#schedule(AFTER_FAILURE);
  }
}

/**
 * @param {() => Promise<void>} request
 * @returns {Promise<boolean>} false when it is worth another try; a refusal is final
 */
async function arrives(request) {
  try {
    await request();
    return true;
  } catch (error) {
    return error instanceof Problem && error.status < 500 && error.status !== 429;
  }
}
