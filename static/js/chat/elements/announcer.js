import { gettext, interpolate } from '../../words.js';
import { chat } from '../session.js';

/** @import {Message} from '../types.js' */

const MOST = 160;

/** Reads new words of others out, once. History that is loaded is no news. */
export class Announcer {
  /** @type {number} the newest message that was or need not be read out */
  #latest = 0;

  /** @param {HTMLElement} place a live region */
  constructor(place) {
    this.place = place;
  }

  /** @param {number} head of the conversation that was opened */
  begin(head) {
    this.#latest = head;
  }

  /** @param {Message[]} messages all that are held, ascending */
  take(messages) {
    const fresh = messages.filter(({ seq, sender, kind }) => seq > this.#latest && kind === 'text' && sender?.id !== chat.me.id);
    this.#latest = Math.max(this.#latest, messages.at(-1)?.seq ?? 0);
    const last = fresh.at(-1);
    if (!last?.sender || last.recalled_at) return;
    const { name } = chat.people.now(last.sender);
    this.place.textContent = interpolate(gettext('%(name)s: %(words)s'), { name, words: last.text.slice(0, MOST) });
  }
}
