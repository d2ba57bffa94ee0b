import { movedTo, opaqueOf, versionOf } from './cursors.js';

/** @import {ChangesFrame} from './types.js' */

/**
 * @param {string} stream
 * @returns {number|null} the conversation whose stream it is
 */
export function conversationOf(stream) {
  return stream.startsWith('conversation:') ? Number(stream.slice('conversation:'.length)) : null;
}

/** The streams that are followed, and up to where each is held. */
export class Streams {
  /** @type {Map<string, string>} stream to cursor */
  cursors = new Map();
  /** @type {Map<string, number>} heads of streams that are followed but not held yet */
  #unheld = new Map();
  /** @type {Set<string>} streams whose versions are void (another epoch) until the server has answered again */
  #void = new Set();

  /** @param {{epoch?: number|null, cursors?: Record<string, string>}} [options] */
  constructor({ epoch = null, cursors = {} } = {}) {
    this.epoch = epoch;
    for (const [stream, cursor] of Object.entries(cursors)) this.cursors.set(stream, cursor);
  }

  /** @param {string} stream */
  version(stream) {
    const cursor = this.cursors.get(stream);
    return cursor === undefined ? (this.#unheld.get(stream) ?? null) : versionOf(cursor);
  }

  /** @param {string} stream */
  isVoid(stream) {
    return this.#void.has(stream);
  }

  /**
   * @param {Record<string, number>} heads
   * @returns {string[]} the streams among them in which the server is ahead
   */
  behind(heads) {
    return Object.keys(heads).filter((stream) => {
      if (this.#void.has(stream)) return true;
      // One that was asked for and is not held is not in the list: there is nothing to ask until it moves.
      return (this.version(stream) ?? -1) < heads[stream];
    });
  }

  /**
   * The stream is followed, and stands here; none of it is held.
   * @param {string} stream
   * @param {number} version
   */
  note(stream, version) {
    this.#unheld.set(stream, version);
  }

  /** @param {Record<string, number>} heads all that is followed: of what is not held, the rest is forgotten */
  forgetBut(heads) {
    for (const stream of this.#unheld.keys()) if (!(stream in heads)) this.#unheld.delete(stream);
  }

  /**
   * Does the checksum of a heartbeat agree with what is held?
   * @param {{count: number, sum: number}} check
   */
  agrees({ count, sum }) {
    const streams = new Set([...this.cursors.keys(), ...this.#unheld.keys()]);
    let held = 0;
    for (const stream of streams) held += this.version(stream) ?? 0;
    return streams.size === count && held === sum;
  }

  /**
   * How a live frame stands to what is held of its stream. `past`: it is held already; `gap`: something between is
   * missing, or what is held is void; `unknown`: nothing is held.
   * @param {ChangesFrame} frame
   * @returns {'next'|'past'|'gap'|'unknown'}
   */
  placeOf({ stream, epoch, from, to, reset }) {
    const cursor = this.cursors.get(stream);
    if (cursor === undefined) return 'unknown';
    if (reset || epoch !== this.epoch || this.#void.has(stream)) return 'gap';
    const version = versionOf(cursor);
    if (to <= version) return 'past';
    return version < from ? 'gap' : 'next';
  }

  /**
   * @param {string} stream
   * @param {string} cursor
   * @returns {number} by how many versions the stream is held further than this cursor
   */
  lead(stream, cursor) {
    const held = this.cursors.get(stream);
    return held === undefined ? -Infinity : versionOf(held) - versionOf(cursor);
  }

  /**
   * Was this cursor given out for the epoch and visibility that the stream has by now?
   * @param {string} stream
   * @param {string} cursor
   */
  isOfOneKind(stream, cursor) {
    const held = this.cursors.get(stream);
    return held === undefined || opaqueOf(held) === opaqueOf(cursor);
  }

  /**
   * Another epoch means a restored server: every version held is void.
   * @param {number} epoch
   */
  enterEpoch(epoch) {
    if (this.epoch !== null && this.epoch !== epoch) {
      for (const stream of this.cursors.keys()) this.#void.add(stream);
      this.#unheld.clear();
    }
    this.epoch = epoch;
  }

  /**
   * The stream is held up to this cursor, which the server gave out.
   * @param {string} stream
   * @param {string} cursor
   */
  hold(stream, cursor) {
    this.cursors.set(stream, cursor);
    this.#unheld.delete(stream);
    this.#void.delete(stream);
  }

  /**
   * A frame has brought the stream to this version.
   * @param {string} stream
   * @param {number} version
   */
  advance(stream, version) {
    this.cursors.set(stream, movedTo(/** @type {string} */ (this.cursors.get(stream)), version));
  }

  /** @param {string} stream that is followed no more */
  drop(stream) {
    this.cursors.delete(stream);
    this.#unheld.delete(stream);
    this.#void.delete(stream);
  }
}
