/** The server wants to hear of typing at most this often, and forgets it after a little longer. */
const REPEAT = 3_000;
const FORGET = 6_000;

/** Says that one is typing, no more often than needed. */
export class TypingSender {
  /** @type {number|null} */
  #conversation = null;
  #lastSaid = -Infinity;

  /** @param {(conversation: number, isTyping: boolean) => void} say */
  constructor(say) {
    this.say = say;
  }

  /**
   * @param {number} conversation
   * @param {boolean} hasText
   */
  changed(conversation, hasText) {
    if (!hasText) {
      this.stop();
      return;
    }
    if (this.#conversation === conversation && Date.now() - this.#lastSaid < REPEAT) return;
    if (this.#conversation !== conversation) this.stop();
    this.#conversation = conversation;
    this.#lastSaid = Date.now();
    this.say(conversation, true);
  }

  /** Sent, cleared or left. */
  stop() {
    if (this.#conversation === null) return;
    const conversation = this.#conversation;
    this.#conversation = null;
    this.#lastSaid = -Infinity;
    this.say(conversation, false);
  }
}

/**
 * Who is typing where, forgotten after six seconds of silence.
 *
 * Event: `change` (`detail.conversation`).
 */
export class TypingBook extends EventTarget {
  /** @type {Map<number, Map<number, ReturnType<typeof setTimeout>>>} */
  #typing = new Map();

  /**
   * @param {number} conversation
   * @returns {number[]} members, in the order in which they began
   */
  in(conversation) {
    return [...(this.#typing.get(conversation)?.keys() ?? [])];
  }

  /** @param {{conversation: number, member: number, is_typing: boolean}} frame */
  take({ conversation, member, is_typing: isTyping }) {
    const timers = this.#typing.get(conversation) ?? new Map();
    this.#typing.set(conversation, timers);
    const wasTyping = timers.has(member);
    clearTimeout(timers.get(member));
    if (isTyping) {
      const timer = setTimeout(() => this.take({ conversation, member, is_typing: false }), FORGET);
      timers.set(member, timer);
    } else {
      timers.delete(member);
    }
    if (wasTyping !== isTyping) this.dispatchEvent(new CustomEvent('change', { detail: { conversation } }));
  }
}
