import { versionOf } from './cursors.js';
import { Entry } from './entry.js';
import { Streams, conversationOf } from './streams.js';
import { MessageWindow } from './window.js';

/** @import {Change, ChangesFrame, Conversation, ListItem, Membership, Message, Page, Participant, SyncAnswer} from './types.js' */
/** @import {Place} from './window.js' */

/**
 * Everything the browser knows of conversations, fed by list items, history pages, live frames and answers of the sync
 * endpoint, in whatever order they arrive. Holds no connection and no screen.
 *
 * Events (`detail.conversation` where one is meant): `conversation` its row changed, `messages` its window changed,
 * `reset` its window was replaced, `participants`, `removed` (`detail.entry`), `list` the set or order changed,
 * `doubt` only the server knows its row, `delivered` (`detail.message`) a message of one's own was seen,
 * `person` (`detail.person`) somebody changed in the directory.
 */
export class Store extends EventTarget {
  /** @type {Map<number, Entry>} */
  conversations = new Map();

  /** @param {{me: number, epoch?: number|null, cursors?: Record<string, string>}} options `cursors`: of other streams */
  constructor({ me, epoch, cursors }) {
    super();
    this.me = me;
    this.streams = new Streams({ epoch, cursors });
  }

  // Questions

  /** @param {number} id */
  get(id) {
    return this.conversations.get(id) ?? null;
  }

  /**
   * In the order of the list: pinned first, then by last activity.
   * @returns {Entry[]}
   */
  list() {
    return [...this.conversations.values()].sort(
      (a, b) =>
        Number(b.membership.is_pinned) - Number(a.membership.is_pinned) || b.activeAt - a.activeAt || b.id - a.id,
    );
  }

  /** Unread messages in conversations that are not muted. */
  unread() {
    let sum = 0;
    for (const { loudUnread } of this.conversations.values()) sum += loudUnread;
    return sum;
  }

  // What arrives

  /**
   * Takes a row of the list as the server counted it.
   * @param {ListItem} item
   * @returns {boolean} false if the stream is already ahead of it
   */
  putItem(item) {
    const { id } = item.conversation;
    const stream = `conversation:${id}`;
    if (!item.membership.is_active) return true;
    const entry = this.conversations.get(id);
    if (!entry) {
      this.conversations.set(id, new Entry(item, this.me));
      this.streams.hold(stream, item.cursor);
      this.#tell('list');
      return true;
    }
    const isVoid = this.streams.isVoid(stream);
    if (!isVoid && this.streams.lead(stream, item.cursor) > 0) return false;
    entry.put(item, { isVoid });
    // A window may not be overtaken: its stream moves only by changes. Without a window the row is all there is.
    if (!entry.window && !entry.participants) this.streams.hold(stream, item.cursor);
    this.#tell('conversation', { conversation: id });
    this.#tell('list');
    return true;
  }

  /**
   * Lets the rows of a conversation go, so that a list item may carry it over a gap.
   * @param {number} id
   */
  dropWindow(id) {
    const entry = this.conversations.get(id);
    if (!entry) return;
    entry.window = null;
    entry.participants = null;
  }

  /** @param {number} id */
  remove(id) {
    this.streams.drop(`conversation:${id}`);
    const entry = this.conversations.get(id);
    if (!entry) return;
    this.conversations.delete(id);
    this.#tell('removed', { conversation: id, entry });
    this.#tell('list');
  }

  /**
   * A live frame. `gap`: sync; `unknown`: a conversation that is not held, fetch its list item.
   * @param {ChangesFrame} frame
   * @returns {'applied'|'past'|'gap'|'unknown'}
   */
  applyFrame(frame) {
    const place = this.streams.placeOf(frame);
    if (place !== 'next') return place;
    this.#apply(frame.stream, frame.changes);
    this.streams.advance(frame.stream, frame.to);
    return 'applied';
  }

  /**
   * An answer to a sync, asked from the stream's cursor or, after a late history page, from the page's.
   * @param {SyncAnswer} answer
   * @returns {boolean} false if it belongs to another epoch or visibility than the stream does by now
   */
  applySync(answer) {
    const { stream, changes, cursor, reset } = answer;
    if (reset) {
      this.#reset(stream, changes, versionOf(cursor));
      this.streams.hold(stream, cursor);
      return true;
    }
    if (!this.streams.isOfOneKind(stream, cursor)) return false;
    this.#apply(stream, changes);
    if (this.streams.lead(stream, cursor) < 0) this.streams.hold(stream, cursor);
    return true;
  }

  /**
   * A page of history. `late`: changes have overtaken it, sync from its own cursor; `foreign`: it was read under
   * another epoch or visibility, sync the stream and ask again; `apart`: the window has moved away meanwhile.
   * @param {number} id
   * @param {Page} page
   * @param {Place} place
   * @returns {'joined'|'late'|'foreign'|'apart'}
   */
  applyPage(id, page, place) {
    const entry = this.conversations.get(id);
    const stream = `conversation:${id}`;
    if (!entry) return 'apart';
    if (!this.streams.isOfOneKind(stream, page.cursor)) return 'foreign';
    const isFirst = entry.window === null;
    entry.window ??= new MessageWindow();
    if (!entry.window.take(page, place)) return 'apart';
    for (const message of page.messages) this.#noticeOwn(message);
    this.#tell(isFirst ? 'reset' : 'messages', { conversation: id });
    return this.streams.lead(stream, page.cursor) > 0 ? 'late' : 'joined';
  }

  /**
   * @param {number} id
   * @param {number} from
   * @param {number} to
   */
  keepRows(id, from, to) {
    this.conversations.get(id)?.window?.keep(from, to);
  }

  /**
   * The answer to one's own post, edit or recall: the same object that the stream will bring. Rows that are still on
   * their way find their place above it.
   * @param {Message} message
   */
  applyAnswer(message) {
    const entry = this.conversations.get(message.conversation);
    if (!entry) return;
    entry.noticeLast(message);
    if (entry.window?.put(message)) this.#tell('messages', { conversation: entry.id });
    this.#noticeOwn(message);
    this.#tell('conversation', { conversation: entry.id });
    this.#tell('list');
  }

  /** @param {Membership} membership from the member stream or as the answer of a marker */
  applyMembership(membership) {
    const { conversation: id } = membership;
    const entry = this.conversations.get(id);
    if (!membership.is_active) {
      if (entry && membership.version >= entry.membership.version) this.remove(id);
      return;
    }
    if (!entry) {
      this.#tell('doubt', { conversation: id });
      return;
    }
    if (membership.version < entry.membership.version) return;
    const wasPinned = entry.membership.is_pinned;
    if (!entry.takeMembership(membership)) this.#tell('doubt', { conversation: id });
    this.#tell('conversation', { conversation: id });
    if (membership.is_pinned !== wasPinned) this.#tell('list');
  }

  /**
   * The badge goes in the moment one has read to the end.
   * @param {number} id
   * @param {number} seq
   */
  seenUpTo(id, seq) {
    const entry = this.conversations.get(id);
    if (!entry || seq <= entry.membership.seen_seq) return;
    if (!entry.see(seq)) this.#tell('doubt', { conversation: id });
    this.#tell('conversation', { conversation: id });
  }

  /**
   * @param {number} id
   * @param {Participant[]} participants
   */
  putParticipants(id, participants) {
    const entry = this.conversations.get(id);
    if (!entry) return;
    entry.participants ??= new Map();
    for (const participant of participants) entry.putParticipant(participant);
    this.#tell('participants', { conversation: id });
  }

  // How it is applied

  /**
   * @param {string} stream
   * @param {Change[]} changes
   */
  #apply(stream, changes) {
    /** @type {Set<string>} */
    const touched = new Set();
    for (const { object, version } of changes) {
      const entry = this.#entryOf(stream);
      if (object.type === 'membership') this.applyMembership(object);
      else if (object.type === 'member') this.#tell('person', { person: object });
      else if (!entry) continue;
      else if (object.type === 'message') {
        if (!entry.take(object, version)) touched.add('doubt');
        this.#noticeOwn(object);
        touched.add('messages').add('conversation');
      } else if (object.type === 'conversation') {
        entry.takeConversation(object);
        touched.add('conversation');
      } else if (object.type === 'participant') {
        entry.putParticipant(object);
        touched.add('participants').add('doubt');
      }
    }
    for (const kind of touched) this.#tell(kind, { conversation: conversationOf(stream) });
    if (touched.has('messages')) this.#tell('list');
  }

  /**
   * @param {string} stream
   * @param {Change[]} changes the newest window
   * @param {number} version of the head
   */
  #reset(stream, changes, version) {
    const entry = this.#entryOf(stream);
    if (!entry) {
      this.#apply(stream, changes);
      return;
    }
    /** @type {Message[]} */
    const messages = changes.filter(({ object }) => object.type === 'message').map(({ object }) => object);
    /** @type {Conversation|undefined} */
    const conversation = changes.find(({ object }) => object.type === 'conversation')?.object;
    entry.restart(messages, { conversation, version });
    for (const message of messages) this.#noticeOwn(message);
    for (const kind of ['reset', 'participants', 'doubt']) this.#tell(kind, { conversation: entry.id });
    this.#tell('list');
  }

  /** @param {string} stream */
  #entryOf(stream) {
    const id = conversationOf(stream);
    return id === null ? null : this.get(id);
  }

  /** @param {Message} message */
  #noticeOwn(message) {
    if (message.sender?.id === this.me && message.key) this.#tell('delivered', { message });
  }

  /**
   * @param {string} kind
   * @param {object} [detail]
   */
  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
