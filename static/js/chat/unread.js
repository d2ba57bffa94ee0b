/** @import {Message} from './types.js' */
/** @import {MessageWindow} from './window.js' */

/**
 * How many messages of others stand after the last one that was seen, kept true change by change without asking the
 * server each time.
 */
export class Unread {
  /** @type {number} */
  count;
  /** The stream's version up to which the count is accounted. */
  #accountedTo;

  /** @param {{me: number, count: number, version: number}} options what the server counted, and at which version */
  constructor({ me, count, version }) {
    this.me = me;
    this.count = count;
    this.#accountedTo = version;
  }

  /**
   * The server has counted.
   * @param {number} count
   * @param {number} version
   */
  put(count, version) {
    this.count = count;
    this.#accountedTo = version;
  }

  /**
   * The rows were replaced by what the server has at this version; it says the count when it is asked.
   * @param {number} version
   */
  restart(version) {
    this.#accountedTo = version;
  }

  /**
   * Is the change that made this version of the stream in the count already?
   * @param {number} version
   */
  hasAccounted(version) {
    return version <= this.#accountedTo;
  }

  /**
   * Accounts one change of a message.
   * @param {Message} message as it is now
   * @param {{version: number, held: Message|null, isNew: boolean, seen: number}} change `held`: the message as it was
   *   known before; `seen`: the last number that was seen, one's own posts included
   * @returns {boolean} false if only the server can tell
   */
  take(message, { version, held, isNew, seen }) {
    this.#accountedTo = version;
    if (isNew) {
      if (message.seq <= seen) this.count = 0;
      else if (this.#counts(message)) this.count += 1;
      return true;
    }
    if (message.seq <= seen) return true;
    // Whether it was counted when it was posted, or was posted among what comes in this very answer, is not known.
    if (!held) return false;
    if (!message.recalled_at || message.sender?.id === this.me) return true;
    // A page that ran ahead of the stream has brought the recall before it could be accounted.
    if (held.version >= message.version) return false;
    if (this.#counts(held)) this.count = Math.max(0, this.count - 1);
    return true;
  }

  /**
   * Another message is the last that was seen: counts again from the rows held.
   * @param {{seen: number, head: number, window: MessageWindow|null}} place
   * @returns {boolean} false if they do not reach back so far
   */
  recount({ seen, head, window }) {
    if (seen >= head) {
      this.count = 0;
      return true;
    }
    const reaches = window && window.holdsHead && (!window.hasBefore || (window.lowest ?? Infinity) <= seen + 1);
    if (!reaches) return false;
    this.count = window.messages.filter((message) => message.seq > seen && this.#counts(message)).length;
    return true;
  }

  /** @param {Message} message */
  #counts(message) {
    return message.kind === 'text' && !message.recalled_at && message.sender?.id !== this.me;
  }
}
