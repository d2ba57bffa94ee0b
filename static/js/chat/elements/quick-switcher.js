import { part } from '../../app/dom.js';
import { gettext, interpolate } from '../../words.js';
import { chat } from '../session.js';
import { otherOf } from '../wording.js';
import { showConversation, showPerson } from './avatars.js';
import { Combobox } from './combobox.js';
import { titleNow } from './names.js';

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
  /** @type {Combobox<Target>} */
  #targets = new Combobox(this, {
    keyOf: ({ key }) => key,
    fill: (option, target) => this.#showOption(option, target),
    choose: (target) => this.#go(target),
  });
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  connectedCallback() {
    this.#targets.input.addEventListener('input', () => {
      this.#show(this.#conversations(), []);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#findPeople(), PAUSE);
    });
  }

  reset() {
    this.#targets.input.value = '';
    this.#asked += 1;
    this.#show(this.#conversations(), []);
  }

  /** @returns {Entry[]} */
  #conversations() {
    const words = this.#targets.words.toLowerCase();
    return chat
      .list()
      .filter(({ conversation }) => titleNow(conversation).toLowerCase().includes(words))
      .slice(0, MOST);
  }

  async #findPeople() {
    const asked = (this.#asked += 1);
    const { words } = this.#targets;
    if (!words) return;
    const { people } = await chat.people.find(words).catch(() => ({ people: [] }));
    if (asked !== this.#asked) return;
    // Whoever one already talks with is found by pinyin, too, and is one entry.
    const found = this.#conversations();
    for (const entry of chat.list()) {
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
    /** @type {Target[]} */
    const targets = [
      ...entries.map((entry) => ({ key: `conversation-${entry.id}`, entry })),
      ...people.map((member) => ({ key: `member-${member.id}`, member })),
    ];
    const { words } = this.#targets;
    const isNone = words && !targets.length;
    const none = gettext('Nothing is called “%(words)s”. Try fewer letters, or pinyin.');
    this.#targets.show(targets, isNone ? interpolate(none, { words }) : '');
  }

  /**
   * @param {HTMLElement} option
   * @param {Target} target
   */
  #showOption(option, target) {
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
  }

  /** @param {Target} target */
  #go(target) {
    const detail = 'entry' in target ? { conversation: target.entry.id } : { member: target.member.id };
    this.dispatchEvent(new CustomEvent('go', { detail }));
  }
}
