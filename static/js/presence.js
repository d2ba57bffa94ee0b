import { on } from './events.js';

/** @import {Socket} from './socket.js' */

/** The server answers for this many members at most. */
const MOST = 200;
/** Without a key, a pointer or a look for this long one is away. */
const AWAY_AFTER = 5 * 60_000;

/** @typedef {'online'|'away'|'offline'} Presence */

/**
 * Presence of the members on screen.
 *
 * Event: `change`.
 */
export class PresenceBook extends EventTarget {
  /** @type {Map<number, Presence>} */
  #known = new Map();
  /** @type {Map<string, number[]>} */
  #wanted = new Map();
  #watched = '';

  /** @param {Socket} socket */
  constructor(socket) {
    super();
    this.socket = socket;
    on(socket, 'hello', () => this.#again());
    on(socket, 'presence', ({ members }) => this.#take(members));
  }

  /**
   * @param {number} member
   * @returns {Presence}
   */
  of(member) {
    return this.#known.get(member) ?? 'offline';
  }

  /**
   * @param {string} place a part of the screen
   * @param {number[]} members whom it shows now
   */
  show(place, members) {
    this.#wanted.set(place, members);
    this.#send();
  }

  /** A new connection knows of no list. */
  #again() {
    this.#watched = '';
    this.#send();
  }

  /** @param {Record<string, Presence>} members */
  #take(members) {
    for (const [member, presence] of Object.entries(members)) this.#known.set(Number(member), presence);
    this.dispatchEvent(new CustomEvent('change'));
  }

  #send() {
    const members = [...new Set([...this.#wanted.values()].flat())].slice(0, MOST);
    const list = members.join();
    if (list === this.#watched) return;
    if (this.socket.send({ type: 'presence.watch', members })) this.#watched = list;
  }
}

/** Online while somebody is there, away when nobody has moved for five minutes. */
export class Attendance {
  /** @type {'online'|'away'} */
  #state = 'online';
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @param {Socket} socket */
  constructor(socket) {
    this.socket = socket;
    on(socket, 'hello', () => {
      // A new connection counts as online.
      if (this.#state === 'away') this.#say();
    });
    this.#wait();
  }

  /** A key, a pointer, a look. */
  moved() {
    if (this.#state === 'away') this.#enter('online');
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#enter('away'), AWAY_AFTER);
  }

  /** @param {'online'|'away'} state */
  #enter(state) {
    this.#state = state;
    this.#say();
  }

  #say() {
    this.socket.send({ type: 'presence.set', state: this.#state });
  }
}
