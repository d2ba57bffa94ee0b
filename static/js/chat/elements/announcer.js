import { gettext, interpolate } from '../../words.js';
import { chat } from '../session.js';

/** @import {Message} from '../types.js' */

const MOST = 160;

/** Reads new words of others out, once. History that is loaded is no news. */
export class Announcer {
  /** @type {number} the newest message that was or need not be read out */
  #latest = 0;
  /** @type {number|null} the one whose words stand in the place */
  #told = null;

  /** @param {HTMLElement} place a live region */
  constructor(place) {
    this.place = place;
  }

  /** @param {number} head of the conversation that was opened */
  begin(head) {
    this.#latest = head;
    this.#clear();
  }

  /** @param {Message[]} messages all that are held, ascending */
  take(messages) {
    if (messages.some(({ seq, recalled_at }) => seq === this.#told && recalled_at)) this.#clear();
    const fresh = messages.filter(({ seq, sender, kind }) => seq > this.#latest && kind === 'text' && sender?.id !== chat.me.id);
    this.#latest = Math.max(this.#latest, messages.at(-1)?.seq ?? 0);
    const last = fresh.at(-1);
    if (!last?.sender || last.recalled_at) return;
    const { name } = chat.people.now(last.sender);
    this.place.textContent = interpolate(gettext('%(name)s: %(words)s'), { name, words: last.text.slice(0, MOST) });
    this.#told = last.seq;
  }

  /** What was taken back, or belongs to another conversation, is not left for anybody to read. */
  #clear() {
    this.#told = null;
    this.place.textContent = '';
  }
}
