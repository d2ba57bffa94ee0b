import { Api } from '../api.js';
import { on } from '../events.js';
import { Attendance, PresenceBook } from '../presence.js';
import { Socket } from '../socket.js';
import { Calendar } from './calendar.js';
import { CatchUp } from './catch-up.js';
import { Conversations } from './conversations.js';
import { Drafts } from './drafts.js';
import { Line } from './line.js';
import { Markers } from './markers.js';
import { Outgoing } from './outgoing.js';
import { People } from './people.js';
import { Store } from './store.js';
import { TypingBook, TypingSender } from './typing.js';

/** @import {ListItem, Message, Page, Person} from './types.js' */
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
 * @property {Page|null} newest its newest messages
 */

/** A screen or two to begin with; further back more at a time. */
const FIRST_PAGE = 60;
const NEXT_PAGE = 120;
/** A line that isn't greeted by then is late. */
const GREETING = 3_000;

/**
 * The chat of one person in one organization: what is known, the line to the server, and what one can do. The screen
 * listens to it and to its parts (`store`, `people`, `outgoing`, `drafts`, `typing`, `presence`) and calls them.
 *
 * Events: `open` (`detail.conversation`, null for none), `lost` a conversation is no longer one's own (`detail.entry`,
 * `wasOpen`, `isOwnWish`), `line` the connection's state, `ended` the session is over.
 */
export class Chat extends EventTarget {
  /** @type {number|null} */
  openId = null;
  /** @type {Map<string, string>} words of one's own recalled messages, to write them again */
  #recalledWords = new Map();
  /** The open conversation is not held yet; it is told again when it is. */
  #isAwaited = false;
  #hasMore;
  /** @type {{id: number, page: Page}|null} what the page brought along, for the first who asks for it */
  #brought = null;

  /**
   * @param {Bootstrap} bootstrap
   * @param {{location?: Location, storage?: Storage, isOnline?: () => boolean, language: string}} options
   */
  constructor(
    bootstrap,
    { location = globalThis.location, storage = globalThis.localStorage, isOnline = () => navigator.onLine, language },
  ) {
    super();
    const { me, organization } = bootstrap;
    this.me = me;
    this.organization = organization;
    this.api = new Api(`/api/v1/orgs/${organization.handle}`);
    this.calendar = new Calendar({ language, timeZone: bootstrap.time_zone });
    this.people = new People({ api: this.api, me: me.id });
    this.store = new Store({ me: me.id, epoch: bootstrap.epoch, cursors: bootstrap.cursors });
    for (const item of bootstrap.conversations) this.store.putItem(item);
    this.conversations = new Conversations({ api: this.api, store: this.store, people: this.people, me: me.id });
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    this.socket = new Socket(`${scheme}//${location.host}/ws/v1/orgs/${organization.handle}/`, { isOnline });
    const line = new Line({ socket: this.socket, api: this.api, isOnline });
    this.catchUp = new CatchUp({ store: this.store, api: this.api, line, isOpen: (id) => id === this.openId });
    const prefix = `lakeside:${organization.handle}:${me.id}`;
    this.drafts = new Drafts({ storage, prefix });
    this.outgoing = new Outgoing({ storage, prefix, line });
    this.typing = new TypingBook();
    this.typingSender = new TypingSender((conversation, isTyping) =>
      this.socket.send({ type: 'typing', conversation, is_typing: isTyping }),
    );
    this.presence = new PresenceBook(this.socket);
    this.attendance = new Attendance(this.socket);
    this.markers = new Markers({
      membershipOf: (id) => this.store.get(id)?.membership ?? null,
      read: (id, displayed) => this.#mark(id, 'read-marker', { displayed }),
      see: (id, seq) => this.#mark(id, 'seen-marker', { seq }),
    });
    this.#hasMore = bootstrap.has_more;
    if (bootstrap.conversation !== null && bootstrap.newest) {
      this.#brought = { id: bootstrap.conversation, page: bootstrap.newest };
    }
    this.#listen();
  }

  /** Opens the line. What the page could not bring of the list is asked for when the line is greeted, or is late. */
  start() {
    this.socket.start();
    this.outgoing.wake();
    if (this.#hasMore) setTimeout(() => this.socket.isOpen || void this.catchUp.list(), GREETING);
  }

  // Where one is

  /** The conversation that stands open. */
  get current() {
    return this.openId === null ? null : this.store.get(this.openId);
  }

  /**
   * The rows of the list: those of the server's, and where nothing was said yet those in which one is or has begun to
   * write.
   */
  list() {
    return this.store.list().filter(({ id, isListed }) => isListed || id === this.openId || this.#hasBegun(id));
  }

  /** @param {number} id */
  #hasBegun(id) {
    return this.drafts.get(id) !== '' || this.outgoing.of(id).length > 0;
  }

  /** @param {number|null} id */
  open(id) {
    if (id === this.openId) return;
    this.typingSender.stop();
    this.openId = id;
    this.markers.opened();
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
    const page = this.#takeBrought(id, kind) ?? (await this.#page(id, kind, seq));
    for (const { sender } of page.messages) this.people.meet(sender);
    return this.catchUp.takePage(id, page, { kind, seq });
  }

  /**
   * @param {number} id
   * @param {Place['kind']} kind
   */
  #takeBrought(id, kind) {
    const brought = this.#brought;
    this.#brought = null;
    return brought?.id === id && kind === 'newest' ? brought.page : null;
  }

  /**
   * @param {number} id
   * @param {Place['kind']} kind
   * @param {number} [seq]
   * @returns {Promise<Page>}
   */
  #page(id, kind, seq) {
    const query = kind === 'newest' ? {} : { [kind]: seq };
    const limit = kind === 'newest' || kind === 'around' ? FIRST_PAGE : NEXT_PAGE;
    return this.api.get(`conversations/${id}/messages`, { ...query, limit });
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
    this.markers.keepUnread(message.conversation);
    await this.#mark(message.conversation, 'unread-marker', { seq: message.seq - 1 });
  }

  /** Somebody reads along at the end of the open conversation. */
  readToEnd() {
    const entry = this.current;
    if (!entry || this.markers.isKeptUnread(entry.id)) return;
    this.markers.reachedEnd(entry.id, entry.conversation.seq);
    this.store.seenUpTo(entry.id, entry.conversation.seq);
  }

  // How it hangs together

  #listen() {
    const { store, catchUp, outgoing, people, socket, typing } = this;
    on(socket, 'state', () => this.#tell('line'));
    on(socket, 'hello', (hello) => {
      void catchUp.greet(hello);
      outgoing.wake();
      socket.send({ type: 'conversation.open', conversation: this.openId });
    });
    on(socket, 'changes', (frame) => {
      for (const { object } of frame.changes) if (object.type === 'message') this.#heard(object);
      catchUp.take(frame);
    });
    on(socket, 'heartbeat', async (heartbeat) => {
      if (!(await catchUp.check(heartbeat))) socket.send({ type: 'heads' });
    });
    on(socket, 'typing', (frame) => typing.take(frame));
    on(socket, 'ended', () => this.#tell('ended'));
    on(store, 'person', ({ person }) => people.change(person));
    on(store, 'delivered', ({ message }) => outgoing.delivered(message.key));
    on(store, 'list', () => {
      if (!this.#isAwaited || !this.current) return;
      this.#isAwaited = false;
      this.#tell('open', { conversation: this.openId });
    });
    on(store, 'removed', ({ conversation, entry }) => {
      const wasOpen = conversation === this.openId;
      if (wasOpen) this.open(null);
      this.#tell('lost', { entry, wasOpen, isOwnWish: this.conversations.isLeaving(conversation) });
    });
    on(outgoing, 'posted', ({ message }) => store.applyAnswer(message));
    on(outgoing, 'signed-out', () => this.#tell('ended'));
  }

  /** @param {Message} message just posted by somebody */
  #heard(message) {
    if (!message.sender) return;
    this.people.meet(message.sender);
    this.typing.take({ conversation: message.conversation, member: message.sender.id, is_typing: false });
  }

  /**
   * @param {number} id
   * @param {'read-marker'|'seen-marker'|'unread-marker'} marker
   * @param {object} body
   */
  async #mark(id, marker, body) {
    this.store.applyMembership(await this.api.put(`conversations/${id}/${marker}`, body));
  }

  /**
   * @param {string} kind
   * @param {object} [detail]
   */
  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
