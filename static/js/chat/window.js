/** @import {Message, Page} from './types.js' */

/** @typedef {{kind: 'newest'|'around'|'before'|'after', seq?: number}} Place */

/**
 * The stretch of one conversation that a browser holds: every message that the person may see between the first
 * and the last row. Numbers may be missing inside (stretches before a join are not visible), rows may not.
 */
export class MessageWindow {
  /** @type {Message[]} ascending seq */
  messages = [];
  hasBefore = true;
  /** Without anything after it the window holds the head: new messages are added, not only counted. */
  hasAfter = true;

  get lowest() {
    return this.messages[0]?.seq ?? null;
  }

  get highest() {
    return this.messages.at(-1)?.seq ?? null;
  }

  get holdsHead() {
    return !this.hasAfter;
  }

  /** @param {number} seq */
  get(seq) {
    const index = this.#indexOf(seq);
    const message = this.messages[index];
    return message?.seq === seq ? message : null;
  }

  /**
   * Places a message if it belongs into the window; the larger version wins.
   * @param {Message} message
   * @returns {boolean} whether anything changed
   */
  put(message) {
    const index = this.#indexOf(message.seq);
    const held = this.messages[index];
    if (held?.seq === message.seq) {
      if (message.version < held.version) return false;
      this.messages[index] = message;
      return true;
    }
    const isBelow = index === 0 && this.hasBefore && (this.messages.length > 0 || this.hasAfter);
    const isAbove = index === this.messages.length && this.hasAfter;
    if (isBelow || isAbove) return false;
    this.messages.splice(index, 0, message);
    return true;
  }

  /**
   * Takes a page of history that was asked for at `place`.
   * @param {Page} page
   * @param {Place} place
   * @returns {boolean} false if the window has moved away meanwhile and the page no longer joins it
   */
  take(page, place) {
    if (place.kind === 'newest' || place.kind === 'around') {
      this.#startOver(page);
      return true;
    }
    const { lowest, highest } = this;
    const at = /** @type {number} */ (place.seq);
    if (lowest === null || highest === null) return false;
    if (place.kind === 'before') {
      if (lowest > at) return false;
      for (const message of page.messages) this.#insert(message);
      if (!page.messages.length || page.messages[0].seq <= lowest) this.hasBefore = page.has_before;
    } else {
      if (highest < at) return false;
      for (const message of page.messages) this.#insert(message);
      if (!page.messages.length || page.messages[page.messages.length - 1].seq >= highest) this.hasAfter = page.has_after;
    }
    return true;
  }

  /**
   * The newest stretch after a reset: what was held before no longer counts.
   * @param {Message[]} messages ascending or not
   */
  reset(messages) {
    this.messages = [...messages].sort((a, b) => a.seq - b.seq);
    this.hasAfter = false;
    this.hasBefore = this.messages.length > 0 && this.messages[0].seq > 1;
  }

  /**
   * Lets go of the rows outside `[from, to]`.
   * @param {number} from
   * @param {number} to
   */
  keep(from, to) {
    const { lowest, highest } = this;
    if (lowest === null || highest === null) return;
    if (from > lowest) this.hasBefore = true;
    if (to < highest) this.hasAfter = true;
    this.messages = this.messages.filter((message) => message.seq >= from && message.seq <= to);
  }

  /** @param {Page} page */
  #startOver(page) {
    const former = new Map(this.messages.map((message) => [message.seq, message]));
    this.messages = page.messages.map((message) => {
      const held = former.get(message.seq);
      return held && held.version > message.version ? held : message;
    });
    this.hasBefore = page.has_before;
    // A live message that came while the newest page was under way stays: the page is merely older.
    const newest = this.messages.at(-1)?.seq ?? 0;
    if (!page.has_after && !this.hasAfter) {
      for (const message of former.values()) if (message.seq > newest) this.messages.push(message);
    }
    this.hasAfter = page.has_after;
  }

  /** @param {Message} message */
  #insert(message) {
    const index = this.#indexOf(message.seq);
    const held = this.messages[index];
    if (held?.seq !== message.seq) this.messages.splice(index, 0, message);
    else if (message.version >= held.version) this.messages[index] = message;
  }

  /** @param {number} seq the first index whose message has this seq or a larger one */
  #indexOf(seq) {
    let low = 0;
    let high = this.messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.messages[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
