import { gettext, interpolate } from '../../words.js';
import { chat } from '../session.js';
import { copyOf, isComposing, part, reconcile, showPerson } from './dom.js';

/** @import {Member, Person} from '../types.js' */

const PAUSE = 120;
/** Pixels above the end of the list where more people are asked for. */
const NEAR_END = 300;

/**
 * Finds people by name, pinyin or initials and collects those who are chosen.
 *
 * Events: `change`.
 */
export class PeoplePicker extends HTMLElement {
  /** @type {Map<number, Person>} */
  chosen = new Map();
  /** @type {Set<number>} who is there already and cannot be chosen */
  excluded = new Set();
  /** @type {Member[]} */
  #found = [];
  #at = 0;
  /** Arrows were used since the last choice: Enter then means the option, not the dialog. */
  #hasMoved = false;
  #asked = 0;
  /** @type {string|null} where the people begin that were not fetched yet */
  #next = null;
  /** What the list was found by. */
  #words = '';
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  get input() {
    return /** @type {HTMLInputElement} */ (part(this, 'input'));
  }

  connectedCallback() {
    this.input.addEventListener('input', () => {
      this.#hasMoved = false;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#find(), PAUSE);
    });
    this.input.addEventListener('keydown', (event) => this.#pressed(event));
    part(this, 'results').addEventListener('click', (event) => {
      const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
      if (!option) return;
      this.#at = [...part(this, 'results').children].indexOf(option);
      this.#toggle(this.#found[this.#at]);
    });
    part(this, 'results').addEventListener('scroll', () => void this.#findMore(), { passive: true });
    // A press on an option leaves the cursor in the field.
    part(this, 'results').addEventListener('pointerdown', (event) => event.preventDefault());
    part(this, 'field').addEventListener('click', (event) => {
      const token = event.target instanceof Element ? event.target.closest('.token') : null;
      if (token && event.target instanceof Element && event.target.closest('button')) {
        this.#takeOff(Number(/** @type {HTMLElement} */ (token).dataset.member));
      }
      this.input.focus();
    });
  }

  /**
   * Begins anew.
   * @param {Iterable<number>} [excluded]
   */
  async reset(excluded = []) {
    this.excluded = new Set(excluded);
    this.chosen.clear();
    this.input.value = '';
    this.#showChosen();
    await this.#find();
  }

  async #find() {
    const asked = (this.#asked += 1);
    const words = this.input.value.trim();
    this.#words = words;
    this.#next = null;
    try {
      const { people, next } = await chat.people.find(words);
      // A slow answer to earlier letters must not replace a later one.
      if (asked !== this.#asked) return;
      this.#found = this.#offered(people);
      this.#next = next;
      this.#at = this.#isDone ? -1 : 0;
      this.#showFound(this.#noteOfNone());
      void this.#findMore();
    } catch {
      if (asked !== this.#asked) return;
      this.#found = [];
      this.#showFound(gettext('The server does not answer. Please try again.'));
    }
    this.#showPlace();
  }

  /** Page after page, as far as the end of the list is near. */
  async #findMore() {
    const asked = this.#asked;
    while (this.#next && this.#isNearEnd()) {
      const cursor = this.#next;
      // Taken away meanwhile, so that scrolling on does not ask twice.
      this.#next = null;
      const page = await chat.people.find(this.#words, cursor).catch(() => null);
      if (asked !== this.#asked) return;
      this.#next = page ? page.next : cursor;
      // Scrolling on asks again.
      if (!page) return;
      this.#found.push(...this.#offered(page.people));
      this.#showFound(this.#noteOfNone());
    }
  }

  #isNearEnd() {
    const { hidden, clientHeight, scrollTop, scrollHeight } = part(this, 'results');
    return hidden || (clientHeight > 0 && scrollTop + clientHeight > scrollHeight - NEAR_END);
  }

  /** @param {Member[]} people */
  #offered(people) {
    return people.filter(({ id }) => !this.excluded.has(id));
  }

  #noteOfNone() {
    if (this.#found.length || this.#next) return '';
    return interpolate(gettext('Nobody is called “%(words)s”. Try fewer letters, or pinyin.'), { words: this.#words });
  }

  /** @param {string} note */
  #showFound(note) {
    const results = part(this, 'results');
    reconcile(results, this.#found, {
      keyOf: ({ id }) => String(id),
      make: () => copyOf('person-option'),
      fill: (element, member) => this.#showOption(/** @type {HTMLElement} */ (element), member),
    });
    results.hidden = !this.#found.length;
    part(this, 'note').hidden = !note;
    part(this, 'note').textContent = note;
  }

  /**
   * @param {HTMLElement} option
   * @param {Member} member
   */
  #showOption(option, member) {
    option.id = `${part(this, 'results').id}-${member.id}`;
    const isChosen = this.chosen.has(member.id);
    showPerson(part(option, 'avatar'), member);
    part(option, 'name').textContent = member.name;
    part(option, 'title').textContent = member.title;
    part(option, 'tick').hidden = !isChosen;
    option.ariaChecked = String(isChosen);
    return option;
  }

  /** Somebody is chosen and nothing more is looked for: Enter goes on, and no option stands out. */
  get #isDone() {
    return !this.input.value && this.chosen.size > 0 && !this.#hasMoved;
  }

  #showPlace() {
    const options = [...part(this, 'results').children];
    const at = this.#isDone ? -1 : Math.max(0, this.#at);
    options.forEach((option, index) => option.setAttribute('aria-selected', String(index === at)));
    const option = options[at];
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
      const from = step > 0 ? this.#at : Math.max(0, this.#at);
      this.#at = (from + step + this.#found.length) % Math.max(1, this.#found.length);
      this.#hasMoved = true;
      this.#showPlace();
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      if (this.#isDone) return;
      event.preventDefault();
      const member = this.#found[Math.max(0, this.#at)];
      if (member) this.#toggle(member);
    } else if (event.key === 'Backspace' && !this.input.value) {
      const last = [...this.chosen.keys()].at(-1);
      if (last !== undefined) this.#takeOff(last);
    }
  }

  /** @param {Member} member */
  #toggle(member) {
    if (this.chosen.has(member.id)) {
      this.#takeOff(member.id);
      return;
    }
    this.chosen.set(member.id, member);
    const hadWords = Boolean(this.input.value);
    this.input.value = '';
    this.#changed();
    if (hadWords) void this.#find();
  }

  /** @param {number} id */
  #takeOff(id) {
    this.chosen.delete(id);
    this.#changed();
  }

  #changed() {
    this.#hasMoved = false;
    this.#showChosen();
    this.#showFound('');
    this.#showPlace();
    this.dispatchEvent(new CustomEvent('change'));
  }

  #showChosen() {
    const field = part(this, 'field');
    for (const token of field.querySelectorAll('.token')) token.remove();
    for (const person of this.chosen.values()) {
      const token = copyOf('person-token');
      token.dataset.member = String(person.id);
      showPerson(part(token, 'avatar'), person);
      part(token, 'name').textContent = person.name;
      part(token, 'off').ariaLabel = interpolate(gettext('Take %(name)s off'), { name: person.name });
      this.input.before(token);
    }
  }
}
