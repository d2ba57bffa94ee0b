import { Api, Problem, Unreachable } from '../api.js';
import { Socket } from '../socket.js';
import { Calendar } from './calendar.js';
import { CatchUp } from './catch-up.js';
import { Drafts } from './drafts.js';
import { newKey } from './keys.js';
import { Markers } from './markers.js';
import { Outgoing } from './outgoing.js';
import { Attendance, PresenceBook } from './presence.js';
import { Store } from './store.js';
import { TypingBook, TypingSender } from './typing.js';

/** @import {ListItem, Member, Membership, Message, Participant, Person} from './types.js' */
/** @import {Post} from './outgoing.js' */
/** @import {Place} from './window.js' */

/**
 * @typedef {object} Bootstrap what the page brings along
 * @property {Person & {role: string}} me
 * @property {{id: number, handle: string, name: string}} organization
 * @property {string} time_zone
 * @property {number} epoch
 * @property {Record<string, string>} cursors of the streams that are not conversations
 * @property {ListItem[]} conversations
 * @property {boolean} has_more
 * @property {number|null} conversation the one that the address names
 */

const ANSWER_WITHIN = 10_000;
/** A screen or two to begin with; further back more at a time. */
const FIRST_PAGE = 60;
const NEXT_PAGE = 120;

/**
 * The chat of one person in one organization: what is known, the line to the server, and what one can do. The screen
 * listens to it and to its parts (`store`, `outgoing`, `drafts`, `typing`, `presence`) and calls it.
 *
 * Events: `open` (`detail.conversation`, null for none), `lost` a conversation is no longer one's own (`detail.entry`,
 * `wasOpen`, `isOwnWish`), `line` the connection's state, `ended` the session is over, `named` a name became known.
 */
export class Chat extends EventTarget {
  /** @type {number|null} */
  openId = null;
  /** @type {Map<string, {resolve: (message: Message) => void, reject: (error: Error) => void}>} */
  #asked = new Map();
  /** @type {Map<number, Person>} */
  #people = new Map();
  /** @type {Map<string, string>} words of one's own recalled messages, to write them again */
  #recalledWords = new Map();
  /** The open conversation is not held yet; it is told again when it is. */
  #isAwaited = false;
  /** @type {Set<number>} conversations that one is leaving by oneself */
  #leaving = new Set();
  /** @type {number|null} conversation that was marked unread and stays so until it is opened again */
  #keptUnread = null;

  /**
   * @param {Bootstrap} bootstrap
   * @param {{location?: Location, storage?: Storage, language: string}} options
   */
  constructor(bootstrap, { location = globalThis.location, storage = globalThis.localStorage, language }) {
    super();
    const { me, organization } = bootstrap;
    this.me = me;
    this.organization = organization;
    this.api = new Api(`/api/v1/orgs/${organization.handle}`);
    this.calendar = new Calendar({ language, timeZone: bootstrap.time_zone });
    this.store = new Store({ me: me.id, epoch: bootstrap.epoch });
    for (const [stream, cursor] of Object.entries(bootstrap.cursors)) this.store.cursors.set(stream, cursor);
    for (const item of bootstrap.conversations) this.store.putItem(item);
    this.catchUp = new CatchUp({ store: this.store, api: this.api, isOpen: (id) => id === this.openId });
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    this.socket = new Socket(`${scheme}//${location.host}/ws/v1/orgs/${organization.handle}/`, {
      isOnline: () => navigator.onLine,
    });
    const prefix = `lakeside:${organization.handle}:${me.id}`;
    this.drafts = new Drafts({ storage, prefix });
    this.outgoing = new Outgoing({ storage, prefix, line: this.#postLine() });
    this.typing = new TypingBook();
    this.typingSender = new TypingSender((conversation, isTyping) =>
      this.socket.send({ type: 'typing', conversation, is_typing: isTyping }),
    );
    this.presence = new PresenceBook((members) => this.socket.send({ type: 'presence.watch', members }));
    this.attendance = new Attendance((state) => this.socket.send({ type: 'presence.set', state }));
    this.markers = new Markers({
      membershipOf: (id) => this.store.get(id)?.membership ?? null,
      read: (id, displayed) => this.#mark(id, 'read-marker', { displayed }),
      see: (id, seq) => this.#mark(id, 'seen-marker', { seq }),
    });
    this.#hasMore = bootstrap.has_more;
    this.#listen();
  }

  #hasMore;

  /** Opens the line. */
  start() {
    this.socket.start();
    this.outgoing.wake();
    if (this.#hasMore) void this.catchUp.list();
  }

  // Where one is

  /** The conversation that stands open. */
  get current() {
    return this.openId === null ? null : this.store.get(this.openId);
  }

  /** @param {number|null} id */
  open(id) {
    if (id === this.openId) return;
    this.typingSender.stop();
    this.openId = id;
    this.#keptUnread = null;
    this.socket.send({ type: 'conversation.open', conversation: id });
    this.#isAwaited = id !== null && !this.store.get(id);
    if (this.#isAwaited) this.catchUp.doubt(/** @type {number} */ (id));
    this.#tell('open', { conversation: id });
  }

  /**
   * Fetches rows of a conversation.
   * @param {number} id
   * @param {Place} place
   * @returns {Promise<boolean>} whether they have joined what is held
   */
  async load(id, { kind, seq }) {
    const query = kind === 'newest' ? {} : { [kind]: seq };
    const limit = kind === 'newest' || kind === 'around' ? FIRST_PAGE : NEXT_PAGE;
    const page = await this.api.get(`conversations/${id}/messages`, { ...query, limit });
    for (const message of page.messages) this.#learn(message.sender);
    return this.catchUp.takePage(id, page, { kind, seq });
  }

  // People

  /**
   * @param {number} id
   * @returns {string} empty until it is known; then `named` is told
   */
  nameOf(id) {
    const known = this.store.people.get(id) ?? this.#people.get(id);
    if (known) return known.name;
    void this.#ask(id);
    return '';
  }

  /**
   * @param {string} words a name, its pinyin or initials
   * @param {string|null} [cursor] where the page before has ended
   * @returns {Promise<{people: Member[], next: string|null}>} colleagues, and where the next page begins
   */
  async findPeople(words, cursor = null) {
    const { results, next } = await this.api.get('members', { q: words || null, cursor, limit: 50 });
    const people = results.filter((/** @type {Member} */ member) => member.is_active && member.id !== this.me.id);
    return { people, next };
  }

  // Messages

  /**
   * @param {string} text
   * @returns {Post|null}
   */
  post(text) {
    if (this.openId === null || !text.trim()) return null;
    this.typingSender.stop();
    this.drafts.set(this.openId, '');
    return this.outgoing.add(this.openId, text);
  }

  /**
   * @param {Message} message
   * @param {string} text
   */
  async edit(message, text) {
    const path = `conversations/${message.conversation}/messages/${message.id}`;
    this.store.applyAnswer(await this.api.patch(path, { text }));
  }

  /** @param {Message} message */
  async recall(message) {
    const path = `conversations/${message.conversation}/messages/${message.id}/recall`;
    // Before asking: the socket often tells of the recall sooner than the answer does.
    if (message.sender?.id === this.me.id && message.key) this.#recalledWords.set(message.key, message.text);
    try {
      this.store.applyAnswer(await this.api.put(path));
    } catch (error) {
      if (message.key) this.#recalledWords.delete(message.key);
      throw error;
    }
  }

  /**
   * @param {Message} message
   * @returns {string} what one's own recalled message said, while this page remembers
   */
  recalledWords(message) {
    return (message.key && this.#recalledWords.get(message.key)) || '';
  }

  /**
   * Everything from this message on counts as unread, until the conversation is opened again.
   * @param {Message} message
   */
  async markUnread(message) {
    this.#keptUnread = message.conversation;
    this.markers.withdrawEnd(message.conversation);
    await this.#mark(message.conversation, 'unread-marker', { seq: message.seq - 1 });
  }

  /** Somebody reads along at the end of the open conversation. */
  readToEnd() {
    const entry = this.current;
    if (!entry || entry.id === this.#keptUnread) return;
    this.markers.reachedEnd(entry.id, entry.conversation.seq);
    this.store.seenUpTo(entry.id, entry.conversation.seq);
  }

  // Conversations

  /**
   * @param {number[]} members one: the direct conversation with them; more: a group
   * @param {string} [name]
   * @returns {Promise<number>} its id
   */
  async create(members, name = '') {
    const body = members.length === 1 ? { kind: 'direct', members } : { kind: 'group', members, name };
    const item = await this.api.post('conversations', { key: newKey(), ...body });
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
      for (const { person } of page.results) this.#learn(person);
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
      await this.removePerson(id, this.me.id);
      this.store.remove(id);
    } finally {
      this.#leaving.delete(id);
    }
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

  // How it hangs together

  #listen() {
    const { store, catchUp, outgoing, socket, typing, presence } = this;
    on(socket, 'state', () => {
      if (!socket.isOpen) this.#giveUpAnswers();
      this.#tell('line');
    });
    on(socket, 'hello', (hello) => {
      void catchUp.greet(hello);
      outgoing.wake();
      presence.again();
      socket.send({ type: 'conversation.open', conversation: this.openId });
      if (this.attendance.state === 'away') socket.send({ type: 'presence.set', state: 'away' });
    });
    on(socket, 'changes', (frame) => {
      for (const { object } of frame.changes) if (object?.type === 'message') this.#heard(object);
      catchUp.take(frame);
    });
    on(socket, 'heartbeat', async (heartbeat) => {
      if (!(await catchUp.check(heartbeat))) socket.send({ type: 'heads' });
    });
    on(socket, 'typing', (frame) => typing.take(frame));
    on(socket, 'presence', ({ members }) => presence.take(members));
    on(socket, 'answer', (answer) => this.#answered(answer));
    on(socket, 'ended', () => this.#tell('ended'));
    on(store, 'delivered', ({ message }) => outgoing.delivered(message.key));
    on(store, 'list', () => {
      if (!this.#isAwaited || !this.current) return;
      this.#isAwaited = false;
      this.#tell('open', { conversation: this.openId });
    });
    on(store, 'removed', ({ conversation, entry }) => {
      const wasOpen = conversation === this.openId;
      if (wasOpen) this.open(null);
      this.#tell('lost', { entry, wasOpen, isOwnWish: this.#leaving.has(conversation) });
    });
    on(outgoing, 'posted', ({ message }) => store.applyAnswer(message));
    on(outgoing, 'signed-out', () => this.#tell('ended'));
  }

  /** @returns {import('./outgoing.js').Line} */
  #postLine() {
    return {
      isSocketOpen: () => this.socket.isOpen,
      isOnline: () => navigator.onLine,
      bySocket: (post) => this.#postBySocket(post),
      byRest: ({ conversation, key, text }) => this.api.post(`conversations/${conversation}/messages`, { key, text }),
    };
  }

  /**
   * @param {Post} post
   * @returns {Promise<Message>}
   */
  #postBySocket({ conversation, key, text }) {
    return new Promise((resolve, reject) => {
      if (!this.socket.send({ type: 'message.post', id: key, conversation, key, text })) {
        reject(new Unreachable());
        return;
      }
      const timer = setTimeout(() => this.#asked.get(key)?.reject(new Unreachable()), ANSWER_WITHIN);
      /** @param {() => void} act */
      const once = (act) => {
        clearTimeout(timer);
        this.#asked.delete(key);
        act();
      };
      this.#asked.set(key, {
        resolve: (message) => once(() => resolve(message)),
        reject: (error) => once(() => reject(error)),
      });
    });
  }

  /** @param {import('./types.js').Answer} answer */
  #answered({ id, status, body }) {
    const asked = this.#asked.get(id);
    if (!asked) return;
    if (status < 400) asked.resolve(body);
    else asked.reject(new Problem({ ...body, status, retryAfter: body.retry_after ? body.retry_after * 1000 : null }));
  }

  #giveUpAnswers() {
    for (const { reject } of [...this.#asked.values()]) reject(new Unreachable());
  }

  /** @param {Message} message just posted by somebody */
  #heard(message) {
    if (!message.sender) return;
    this.#learn(message.sender);
    this.typing.take({ conversation: message.conversation, member: message.sender.id, is_typing: false });
  }

  /**
   * @param {number} id
   * @param {'read-marker'|'seen-marker'|'unread-marker'} marker
   * @param {object} body
   */
  async #mark(id, marker, body) {
    /** @type {Membership} */
    const membership = await this.api.put(`conversations/${id}/${marker}`, body);
    this.store.applyMembership(membership);
  }

  /** @param {Person|null} person */
  #learn(person) {
    if (person) this.#people.set(person.id, person);
  }

  /** @param {number} id */
  async #ask(id) {
    // Asked once, even if the answer never comes.
    this.#people.set(id, { id, name: '', initials: '', paint: 1 });
    this.#learn(await this.api.get(`members/${id}`).catch(() => null));
    this.#tell('named');
  }

  /**
   * @param {string} kind
   * @param {object} [detail]
   */
  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/**
 * Listens to a custom event and hands on its detail.
 * @param {EventTarget} target
 * @param {string} kind
 * @param {(detail: any) => void} act
 */
export function on(target, kind, act) {
  target.addEventListener(kind, (event) => act(/** @type {CustomEvent} */ (event).detail));
}
