import { copyOf, isComposing, part } from '../../app/dom.js';
import { reasonOf } from '../../app/reasons.js';
import { gettext, interpolate } from '../../words.js';
import { chat } from '../session.js';
import { showPerson } from './avatars.js';
import { Combobox } from './combobox.js';

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
  #excluded = new Set();
  /** @type {Combobox<Member>} */
  #options = new Combobox(this, {
    keyOf: ({ id }) => String(id),
    fill: (option, member) => this.#showOption(option, member),
    choose: (member) => this.#toggle(member),
    // Somebody is chosen and nothing more is looked for: Enter goes on with them.
    isDone: () => !this.input.value && this.chosen.size > 0,
  });
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
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#find(), PAUSE);
    });
    this.input.addEventListener('keydown', (event) => this.#pressed(event));
    part(this, 'results').addEventListener('scroll', () => void this.#findMore(), { passive: true });
    part(this, 'field').addEventListener('click', (event) => {
      const off = event.target instanceof Element ? event.target.closest('.token button') : null;
      const token = /** @type {HTMLElement|undefined} */ (off?.closest('.token') ?? undefined);
      if (token) this.#takeOff(Number(token.dataset.member));
      this.input.focus();
    });
  }

  /**
   * Begins anew.
   * @param {Iterable<number>} [excluded]
   */
  async reset(excluded = []) {
    this.#excluded = new Set(excluded);
    this.chosen.clear();
    this.input.value = '';
    this.#showChosen();
    await this.#find();
  }

  async #find() {
    const asked = (this.#asked += 1);
    this.#words = this.#options.words;
    this.#next = null;
    try {
      const { people, next } = await chat.people.find(this.#words);
      // A slow answer to earlier letters must not replace a later one.
      if (asked !== this.#asked) return;
      this.#next = next;
      this.#options.show(this.#offered(people));
      await this.#findMore();
      if (asked === this.#asked && this.#options.isEmpty) this.#options.show([], this.#noteOfNone());
    } catch (error) {
      if (asked === this.#asked) this.#options.show([], reasonOf(error));
    }
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
      this.#options.add(this.#offered(page.people));
    }
  }

  #isNearEnd() {
    const { hidden, clientHeight, scrollTop, scrollHeight } = part(this, 'results');
    return hidden || (clientHeight > 0 && scrollTop + clientHeight > scrollHeight - NEAR_END);
  }

  /** @param {Member[]} people */
  #offered(people) {
    return people.filter(({ id }) => !this.#excluded.has(id));
  }

  #noteOfNone() {
    if (this.#next) return '';
    return interpolate(gettext('Nobody is called “%(words)s”. Try fewer letters, or pinyin.'), { words: this.#words });
  }

  /**
   * @param {HTMLElement} option
   * @param {Member} member
   */
  #showOption(option, member) {
    const isChosen = this.chosen.has(member.id);
    showPerson(part(option, 'avatar'), member);
    part(option, 'name').textContent = member.name;
    part(option, 'title').textContent = member.title;
    part(option, 'tick').hidden = !isChosen;
    option.ariaChecked = String(isChosen);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (isComposing(event) || event.key !== 'Backspace' || this.input.value) return;
    const last = [...this.chosen.keys()].at(-1);
    if (last !== undefined) this.#takeOff(last);
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
    this.#showChosen();
    this.#options.showChoice();
    this.dispatchEvent(new CustomEvent('change'));
  }

  #showChosen() {
    for (const token of part(this, 'field').querySelectorAll('.token')) token.remove();
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
