import { gettext, interpolate } from '../../words.js';
import { chat } from '../session.js';
import { otherOf } from '../wording.js';
import { copyOf, isComposing, part, reconcile, showConversation, showPerson, titleNow } from './dom.js';

/** @import {Entry} from '../entry.js' */
/** @import {Member} from '../types.js' */

const PAUSE = 120;
const MOST = 12;

/** @typedef {{key: string, entry: Entry}|{key: string, member: Member}} Target */

/**
 * Goes to a conversation or a person by a few letters.
 *
 * Event: `go` (`detail` a conversation or a member, by id).
 */
export class QuickSwitcher extends HTMLElement {
  /** @type {Target[]} */
  #targets = [];
  #at = 0;
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  get input() {
    return /** @type {HTMLInputElement} */ (part(this, 'input'));
  }

  connectedCallback() {
    this.input.addEventListener('input', () => {
      this.#show(this.#conversations(), []);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#findPeople(), PAUSE);
    });
    this.input.addEventListener('keydown', (event) => this.#pressed(event));
    part(this, 'results').addEventListener('pointerdown', (event) => event.preventDefault());
    part(this, 'results').addEventListener('click', (event) => {
      const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
      if (option) this.#go(this.#targets[[...part(this, 'results').children].indexOf(option)]);
    });
  }

  reset() {
    this.input.value = '';
    this.#asked += 1;
    this.#show(this.#conversations(), []);
  }

  /** @returns {Entry[]} */
  #conversations() {
    const words = this.input.value.trim().toLowerCase();
    return chat.store
      .list()
      .filter(({ conversation }) => titleNow(conversation).toLowerCase().includes(words))
      .slice(0, MOST);
  }

  async #findPeople() {
    const asked = (this.#asked += 1);
    const words = this.input.value.trim();
    if (!words) return;
    const { people } = await chat.people.find(words).catch(() => ({ people: [] }));
    if (asked !== this.#asked) return;
    // Whoever one already talks with is found by pinyin, too, and is one entry.
    const found = this.#conversations();
    for (const entry of chat.store.list()) {
      const other = otherOf(entry.conversation, chat.me.id);
      if (other && !found.includes(entry) && people.some(({ id }) => id === other.id)) found.push(entry);
    }
    const met = new Set(found.map(({ conversation }) => otherOf(conversation, chat.me.id)?.id));
    this.#show(found.slice(0, MOST), people.filter(({ id }) => !met.has(id)).slice(0, MOST));
  }

  /**
   * @param {Entry[]} entries
   * @param {Member[]} people
   */
  #show(entries, people) {
    this.#targets = [
      ...entries.map((entry) => ({ key: `conversation-${entry.id}`, entry })),
      ...people.map((member) => ({ key: `member-${member.id}`, member })),
    ];
    this.#at = 0;
    const results = part(this, 'results');
    reconcile(results, this.#targets, {
      keyOf: ({ key }) => key,
      make: () => copyOf('person-option'),
      fill: (element, target) => this.#showOption(/** @type {HTMLElement} */ (element), target),
    });
    results.hidden = !this.#targets.length;
    const words = this.input.value.trim();
    part(this, 'note').hidden = this.#targets.length > 0;
    part(this, 'note').textContent = interpolate(gettext('Nothing is called “%(words)s”. Try fewer letters, or pinyin.'), { words });
    this.#showPlace();
  }

  /**
   * @param {HTMLElement} option
   * @param {Target} target
   */
  #showOption(option, target) {
    option.id = `switcher-${target.key}`;
    if ('entry' in target) {
      const { conversation } = target.entry;
      showConversation(part(option, 'avatar'), conversation, otherOf(conversation, chat.me.id));
      part(option, 'name').textContent = titleNow(conversation);
      part(option, 'title').textContent = conversation.kind === 'group' ? gettext('Group') : '';
    } else {
      showPerson(part(option, 'avatar'), target.member);
      part(option, 'name').textContent = target.member.name;
      part(option, 'title').textContent = target.member.title;
    }
    return option;
  }

  #showPlace() {
    const options = [...part(this, 'results').children];
    options.forEach((option, index) => option.setAttribute('aria-selected', String(index === this.#at)));
    const option = options[this.#at];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (isComposing(event)) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.#at = (this.#at + step + this.#targets.length) % Math.max(1, this.#targets.length);
      this.#showPlace();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.#go(this.#targets[this.#at]);
    }
  }

  /** @param {Target|undefined} target */
  #go(target) {
    if (!target) return;
    const detail = 'entry' in target ? { conversation: target.entry.id } : { member: target.member.id };
    this.dispatchEvent(new CustomEvent('go', { detail }));
  }
}
