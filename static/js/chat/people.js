/** @import {Api} from '../api.js' */
/** @import {Member, Person} from './types.js' */

/**
 * Who is called what, and who can be found.
 *
 * Event: `change` a name became known, or another.
 */
export class People extends EventTarget {
  /** @type {Map<number, Person>} as they came along with what they said */
  #met = new Map();
  /** @type {Map<number, Person>} who changed in the directory since the page was opened */
  #changed = new Map();

  /** @param {{api: Pick<Api, 'get'>, me: number}} options */
  constructor({ api, me }) {
    super();
    this.api = api;
    this.me = me;
  }

  /**
   * The person as known now: what came along with a message may be older than a later change of the directory.
   * @param {Person} person
   * @returns {Person}
   */
  now(person) {
    return this.#changed.get(person.id) ?? person;
  }

  /**
   * @param {number} id
   * @returns {string} empty until it is known; then `change` is told
   */
  nameOf(id) {
    const known = this.#changed.get(id) ?? this.#met.get(id);
    if (known) return known.name;
    void this.#ask(id);
    return '';
  }

  /** @param {Person|null} person who came along with something */
  meet(person) {
    if (person) this.#met.set(person.id, person);
  }

  /** @param {Person} person as the directory has them from now on */
  change(person) {
    this.#changed.set(person.id, person);
    this.#tell();
  }

  /**
   * @param {string} words a name, its pinyin or initials
   * @param {string|null} [cursor] where the page before has ended
   * @returns {Promise<{people: Member[], next: string|null}>} colleagues, and where the next page begins
   */
  async find(words, cursor = null) {
    const { results, next } = await this.api.get('members', { q: words || null, cursor, limit: 50 });
    const people = results.filter((/** @type {Member} */ member) => member.is_active && member.id !== this.me);
    return { people, next };
  }

  /** @param {number} id */
  async #ask(id) {
    // Asked once, even if the answer never comes.
    this.#met.set(id, { id, name: '', initials: '', paint: 1 });
    this.meet(await this.api.get(`members/${id}`).catch(() => null));
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new CustomEvent('change'));
  }
}
