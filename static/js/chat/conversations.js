import { newKey } from '../keys.js';

/** @import {Api} from '../api.js' */
/** @import {People} from './people.js' */
/** @import {Store} from './store.js' */
/** @import {Participant} from './types.js' */

/** What one does to conversations: begin them, let people in and out, change them, leave them. */
export class Conversations {
  /** @type {Set<number>} that one is leaving by oneself */
  #leaving = new Set();

  /** @param {{api: Api, store: Store, people: People, me: number}} options */
  constructor({ api, store, people, me }) {
    this.api = api;
    this.store = store;
    this.people = people;
    this.me = me;
  }

  /**
   * @param {number[]} members one: the direct conversation with them; more: a group
   * @param {{name?: string, key?: string}} [options] of a group; the same `key` again is the same group
   * @returns {Promise<number>} its id
   */
  async create(members, { name = '', key = newKey() } = {}) {
    const body = members.length === 1 ? { kind: 'direct', members } : { kind: 'group', members, name };
    const item = await this.api.post('conversations', { key, ...body });
    this.store.putItem(item);
    return item.conversation.id;
  }

  /** @param {number} id */
  async loadParticipants(id) {
    /** @type {string|null} */
    let cursor = null;
    do {
      /** @type {{results: Participant[], next: string|null}} */
      const page = await this.api.get(`conversations/${id}/participants`, { cursor, limit: 200 });
      for (const { person } of page.results) this.people.meet(person);
      this.store.putParticipants(id, page.results);
      cursor = page.next;
    } while (cursor);
  }

  /**
   * @param {number} id
   * @param {number[]} members
   */
  async addPeople(id, members) {
    const { results } = await this.api.post(`conversations/${id}/participants`, { members });
    this.store.putParticipants(id, results);
  }

  /**
   * @param {number} id
   * @param {number} member
   */
  async removePerson(id, member) {
    await this.api.delete(`conversations/${id}/participants/${member}`);
  }

  /**
   * @param {number} id
   * @param {number} member
   * @param {'owner'|'admin'|'member'} role
   */
  async giveRole(id, member, role) {
    this.store.putParticipants(id, [await this.api.patch(`conversations/${id}/participants/${member}`, { role })]);
  }

  /** @param {number} id */
  async leave(id) {
    this.#leaving.add(id);
    try {
      await this.removePerson(id, this.me);
      this.store.remove(id);
    } finally {
      this.#leaving.delete(id);
    }
  }

  /** @param {number} id */
  isLeaving(id) {
    return this.#leaving.has(id);
  }

  /**
   * @param {number} id
   * @param {{name: string}|{history_mode: 'all'|'join'}} change
   */
  async change(id, change) {
    this.store.putItem(await this.api.patch(`conversations/${id}`, change));
  }

  /**
   * @param {number} id
   * @param {{is_muted: boolean}|{is_pinned: boolean}} preference
   */
  async prefer(id, preference) {
    this.store.applyMembership(await this.api.patch(`conversations/${id}/membership`, preference));
  }
}
