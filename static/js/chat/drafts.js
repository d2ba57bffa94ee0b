/**
 * What was written and not sent, per conversation, kept on this machine.
 *
 * Event: `change` (`detail.conversation`).
 */
export class Drafts extends EventTarget {
  /**
   * @param {{storage: Storage, prefix: string}} options `prefix` names the organization and the member
   */
  constructor({ storage, prefix }) {
    super();
    this.storage = storage;
    this.prefix = `${prefix}:draft:`;
  }

  /**
   * @param {number} conversation
   * @returns {string}
   */
  get(conversation) {
    return this.storage.getItem(this.prefix + conversation) ?? '';
  }

  /**
   * @param {number} conversation
   * @param {string} text blank text is no draft
   */
  set(conversation, text) {
    const before = this.get(conversation);
    if (text === before) return;
    try {
      if (text.trim()) this.storage.setItem(this.prefix + conversation, text);
      else this.storage.removeItem(this.prefix + conversation);
    } catch {
      // A full storage: the words still stand in the composer.
    }
    this.dispatchEvent(new CustomEvent('change', { detail: { conversation } }));
  }
}
