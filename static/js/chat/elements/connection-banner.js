import { part } from '../../app/dom.js';
import { icon } from '../../app/icon.js';
import { gettext, interpolate, ngettext } from '../../words.js';
import { chat } from '../session.js';

/** A blink of the network is not worth a word. */
const QUIET = 2_000;
const GOOD_NEWS = 4_000;

/** Says quietly that the network is away, what waits, and that it is back. */
export class ConnectionBanner extends HTMLElement {
  #isShown = false;
  /** What is waited for is the end of good news, not the end of patience. */
  #isGoodNews = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  #box = part(this, 'box');
  #words = part(this, 'words');
  #waiting = part(this, 'waiting');

  connectedCallback() {
    chat.addEventListener('line', () => this.#changed());
    chat.outgoing.addEventListener('change', () => this.#showWaiting());
    this.#changed();
  }

  #changed() {
    if (chat.socket.isOpen) {
      this.#wait(null);
      if (!this.#isShown) return;
      this.#isShown = false;
      this.#show('check', gettext('Connected again. Nothing is missing.'), 'banner--good');
      this.#wait(GOOD_NEWS, () => this.#hide());
    } else if (this.#isShown || chat.socket.state === 'offline') {
      this.#wait(null);
      this.#sayAway();
    } else if (!this.#timer || this.#isGoodNews) {
      // From the loss on, however many attempts begin and end meanwhile.
      this.#wait(QUIET, () => this.#sayAway());
    }
  }

  /**
   * @param {number|null} milliseconds null ends the waiting
   * @param {() => void} [act]
   */
  #wait(milliseconds, act = () => {}) {
    clearTimeout(this.#timer);
    this.#isGoodNews = chat.socket.isOpen;
    this.#timer = undefined;
    if (milliseconds === null) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      act();
    }, milliseconds);
  }

  #sayAway() {
    this.#isShown = true;
    if (chat.socket.state === 'offline') {
      this.#show('offline', gettext('Offline. Keep writing, nothing gets lost.'));
    } else {
      this.#show('offline', gettext('Reconnecting. Keep writing, nothing gets lost.'));
    }
  }

  /**
   * @param {string} name of the icon
   * @param {string} words
   * @param {string} [tone]
   */
  #show(name, words, tone = '') {
    this.#box.className = `banner ${tone}`;
    if (this.#words.textContent !== words) {
      this.#words.textContent = words;
      this.#box.replaceChildren(icon(name), this.#words, this.#waiting);
    }
    this.#box.hidden = false;
    this.#showWaiting();
  }

  #hide() {
    this.#box.hidden = true;
    this.#words.textContent = '';
  }

  #showWaiting() {
    const count = chat.outgoing.pendingCount;
    this.#waiting.hidden = count === 0 || chat.socket.isOpen;
    const words = ngettext('%(count)s message waiting', '%(count)s messages waiting', count);
    this.#waiting.textContent = interpolate(words, { count });
  }
}
