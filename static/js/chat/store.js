import { movedTo, opaqueOf, versionOf } from './cursors.js';
import { MessageWindow } from './window.js';

/** @import {Change, ChangesFrame, Conversation, ListItem, Membership, Message, Page, Participant, Person, SyncAnswer} from './types.js' */
/** @import {Place} from './window.js' */

/**
 * @typedef {object} Entry what is held of one conversation
 * @property {number} id
 * @property {Conversation} conversation
 * @property {Membership} membership
 * @property {Message|null} lastMessage
 * @property {number} unread
 * @property {number} countedAt the stream's version up to which `unread` is accounted
 * @property {MessageWindow|null} window
 * @property {Map<number, Participant>|null} participants by member, once asked for
 */

/**
 * Everything the browser knows, fed by list items, history pages, live frames and answers of the sync endpoint,
 * in whatever order they arrive. Holds no connection and no screen.
 *
 * Events (`detail.conversation` where one is meant): `conversation` its row changed, `messages` its window changed,
 * `reset` its window was replaced, `participants`, `removed` (`detail.entry`), `people`, `list` the set or order changed,
 * `doubt` only the server knows its row, `delivered` (`detail.message`) a message of one's own was seen.
 */
export class Store extends EventTarget {
  /** @type {Map<number, Entry>} */
  conversations = new Map();
  /** @type {Map<string, string>} stream to cursor */
  cursors = new Map();
  /** @type {Map<string, number>} heads of streams that are followed but not held yet */
  unheld = new Map();
  /** @type {Set<string>} streams whose versions are void (another epoch) until the server has answered again */
  void = new Set();
  /** @type {Map<number, Person>} people who changed since the page was opened */
  people = new Map();
  /** @type {number|null} */
  epoch = null;

  /** @param {{me: number, epoch?: number|null}} options */
  constructor({ me, epoch = null }) {
    super();
    this.me = me;
    this.epoch = epoch;
  }

  // Questions

  /** @param {number} id */
  get(id) {
    return this.conversations.get(id) ?? null;
  }

  /**
   * Rows of the conversation list: pinned first, then by last activity.
   * @returns {Entry[]}
   */
  list() {
    return [...this.conversations.values()].sort(
      (a, b) =>
        Number(b.membership.is_pinned) - Number(a.membership.is_pinned) ||
        activityOf(b) - activityOf(a) ||
        b.id - a.id,
    );
  }

  /** Unread messages in conversations that are not muted. */
  unread() {
    let sum = 0;
    for (const entry of this.conversations.values()) if (!entry.membership.is_muted) sum += entry.unread;
    return sum;
  }

  /**
   * The person as known now: an embedded brief may be older than a later change of the directory.
   * @param {Person} person
   * @returns {Person}
   */
  person(person) {
    return this.people.get(person.id) ?? person;
  }

  /** @param {string} stream */
  version(stream) {
    const cursor = this.cursors.get(stream);
    return cursor === undefined ? (this.unheld.get(stream) ?? null) : versionOf(cursor);
  }

  /**
   * @param {Record<string, number>} heads
   * @returns {string[]} the streams among them in which the server is ahead
   */
  behind(heads) {
    return Object.keys(heads).filter((stream) => {
      const cursor = this.cursors.get(stream);
      return cursor === undefined || this.void.has(stream) || versionOf(cursor) < heads[stream];
    });
  }

  /**
   * Does the checksum of a heartbeat agree with what is held?
   * @param {{count: number, sum: number}} check
   */
  agrees({ count, sum }) {
    const streams = new Set([...this.cursors.keys(), ...this.unheld.keys()]);
    let held = 0;
    for (const stream of streams) held += this.version(stream) ?? 0;
    return streams.size === count && held === sum;
  }

  // What arrives

  /**
   * Another epoch means a restored server: every version held is void.
   * @param {number} epoch
   */
  enterEpoch(epoch) {
    if (this.epoch !== null && this.epoch !== epoch) for (const stream of this.cursors.keys()) this.void.add(stream);
    this.epoch = epoch;
  }

  /**
   * Takes a row of the list as the server counted it.
   * @param {ListItem} item
   * @returns {boolean} false if the stream is already ahead of it
   */
  putItem(item) {
    const { id } = item.conversation;
    const stream = `conversation:${id}`;
    const entry = this.conversations.get(id);
    const version = versionOf(item.cursor);
    const isVoid = this.void.has(stream);
    if (!item.membership.is_active) return true;
    if (!entry) {
      this.conversations.set(id, {
        id,
        conversation: item.conversation,
        membership: item.membership,
        lastMessage: item.last_message,
        unread: item.membership.unread,
        countedAt: version,
        window: null,
        participants: null,
      });
      this.#moveTo(stream, item.cursor);
      this.#tell('list');
      return true;
    }
    const held = this.cursors.get(stream);
    if (held !== undefined && !isVoid && version < versionOf(held)) return false;
    const isFresh = isVoid || item.conversation.version >= entry.conversation.version;
    const seq = isVoid ? item.conversation.seq : Math.max(item.conversation.seq, entry.conversation.seq);
    entry.conversation = { ...(isFresh ? item.conversation : entry.conversation), seq };
    if (isVoid || item.membership.version >= entry.membership.version) entry.membership = item.membership;
    if (isVoid || (item.last_message?.seq ?? 0) >= (entry.lastMessage?.seq ?? 0)) entry.lastMessage = item.last_message;
    entry.unread = item.membership.unread;
    entry.countedAt = version;
    // A window may not be overtaken: its stream moves only by changes. Without a window the row is all there is.
    if (!entry.window && !entry.participants) this.#moveTo(stream, item.cursor);
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
    const stream = `conversation:${id}`;
    this.cursors.delete(stream);
    this.unheld.delete(stream);
    this.void.delete(stream);
    const entry = this.conversations.get(id);
    if (!entry) return;
    this.conversations.delete(id);
    this.#tell('removed', { conversation: id, entry });
    this.#tell('list');
  }

  /**
   * A live frame. `gap`: sync by REST; `unknown`: a conversation that is not held, fetch its list item.
   * @param {ChangesFrame} frame
   * @returns {'applied'|'ignored'|'gap'|'unknown'}
   */
  applyFrame(frame) {
    const { stream } = frame;
    const cursor = this.cursors.get(stream);
    if (cursor === undefined) return 'unknown';
    if (frame.reset || frame.epoch !== this.epoch || this.void.has(stream)) return 'gap';
    const version = versionOf(cursor);
    if (frame.to <= version) return 'ignored';
    if (version < frame.from) return 'gap';
    this.#apply(stream, frame.changes);
    this.cursors.set(stream, movedTo(cursor, frame.to));
    return 'applied';
  }

  /**
   * An answer of the sync endpoint, asked from the stream's cursor or, after a late history page, from the page's.
   * @param {SyncAnswer} answer
   * @returns {boolean} false if it belongs to another epoch or visibility than the stream does by now
   */
  applySync(answer) {
    const { stream, changes, cursor, reset } = answer;
    const held = this.cursors.get(stream);
    if (reset) {
      this.#reset(stream, changes, versionOf(cursor));
      this.#moveTo(stream, cursor);
      return true;
    }
    if (held !== undefined && opaqueOf(held) !== opaqueOf(cursor)) return false;
    this.#apply(stream, changes);
    if (held === undefined || versionOf(cursor) > versionOf(held)) this.#moveTo(stream, cursor);
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
    const cursor = this.cursors.get(`conversation:${id}`);
    if (!entry || cursor === undefined) return 'apart';
    if (opaqueOf(page.cursor) !== opaqueOf(cursor)) return 'foreign';
    const isFirst = entry.window === null;
    entry.window ??= new MessageWindow();
    if (!entry.window.take(page, place)) return 'apart';
    for (const message of page.messages) this.#noticeOwn(message);
    this.#tell(isFirst ? 'reset' : 'messages', { conversation: id });
    return versionOf(page.cursor) < versionOf(cursor) ? 'late' : 'joined';
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
    this.#noticeLast(entry, message);
    if (entry.window?.put(message)) this.#tell('messages', { conversation: entry.id });
    this.#noticeOwn(message);
    this.#tell('conversation', { conversation: entry.id });
    this.#tell('list');
  }

  /** @param {Membership} membership from the member stream or as the answer of a marker */
  applyMembership(membership) {
    const entry = this.conversations.get(membership.conversation);
    if (!membership.is_active) {
      if (entry && membership.version >= entry.membership.version) this.remove(membership.conversation);
      return;
    }
    if (!entry) {
      this.#tell('doubt', { conversation: membership.conversation });
      return;
    }
    if (membership.version < entry.membership.version) return;
    const seenBefore = entry.membership.seen_seq;
    const wasPinned = entry.membership.is_pinned;
    entry.membership = membership;
    if (membership.seen_seq !== seenBefore) this.#recount(entry);
    this.#tell('conversation', { conversation: entry.id });
    if (membership.is_pinned !== wasPinned) this.#tell('list');
  }

  /**
   * The badge goes in the moment one has read to the end; the server's marker follows.
   * @param {number} id
   * @param {number} seq
   */
  seenUpTo(id, seq) {
    const entry = this.conversations.get(id);
    if (!entry || seq <= entry.membership.seen_seq) return;
    entry.membership = { ...entry.membership, seen_seq: seq };
    this.#recount(entry);
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
    for (const participant of participants) putParticipant(entry.participants, participant);
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
    for (const change of changes) {
      const object = change.object;
      if (object?.type === 'message') this.#applyMessage(stream, change, touched);
      else if (object?.type === 'conversation') this.#applyConversation(stream, object, touched);
      else if (object?.type === 'participant') this.#applyParticipant(stream, object, touched);
      else if (object?.type === 'membership') this.applyMembership(object);
      else if (object?.type === 'member') {
        this.people.set(object.id, object);
        touched.add('people');
      }
    }
    const id = conversationOf(stream);
    for (const kind of touched) this.#tell(kind, id === null ? {} : { conversation: id });
    if (touched.has('messages')) this.#tell('list');
  }

  /**
   * @param {string} stream
   * @param {Change} change
   * @param {Set<string>} touched
   */
  #applyMessage(stream, change, touched) {
    const entry = this.#entryOf(stream);
    if (!entry) return;
    /** @type {Message} */
    const message = change.object;
    const held = entry.window?.get(message.seq) ?? (entry.lastMessage?.seq === message.seq ? entry.lastMessage : null);
    const isNew = message.seq > entry.conversation.seq;
    if (isNew) entry.conversation = { ...entry.conversation, seq: message.seq };
    if (change.version > entry.countedAt) {
      entry.countedAt = change.version;
      if (this.#count(entry, message, held, isNew)) touched.add('doubt');
    }
    this.#noticeLast(entry, message);
    this.#noticeOwn(message);
    entry.window?.put(message);
    touched.add('messages');
    touched.add('conversation');
  }

  /**
   * Keeps `unread` true to one change.
   * @param {Entry} entry
   * @param {Message} message as it is now
   * @param {Message|null} held as it was known before
   * @param {boolean} isNew
   * @returns {boolean} whether only the server can tell
   */
  #count(entry, message, held, isNew) {
    if (isNew) {
      if (message.sender?.id === this.me && message.kind === 'text') {
        // Posting moves one's own badge marker to the head.
        entry.membership = { ...entry.membership, seen_seq: Math.max(entry.membership.seen_seq, message.seq) };
        entry.unread = 0;
      } else if (message.seq > entry.membership.seen_seq && this.#countsAsUnread(message)) {
        entry.unread += 1;
      }
      return false;
    }
    if (message.seq <= entry.membership.seen_seq) return false;
    // Whether it was counted when it was posted, or was posted among what comes in this very answer, is not known.
    if (!held) return true;
    if (!message.recalled_at || message.sender?.id === this.me) return false;
    // A page that ran ahead of the stream has brought the recall before it could be accounted.
    if (held.version >= message.version) return true;
    if (this.#countsAsUnread(held)) entry.unread = Math.max(0, entry.unread - 1);
    return false;
  }

  /** @param {Message} message */
  #countsAsUnread(message) {
    return message.kind === 'text' && !message.recalled_at && message.sender?.id !== this.me;
  }

  /**
   * `seen_seq` has moved: count again from the rows held, or ask.
   * @param {Entry} entry
   */
  #recount(entry) {
    const { seen_seq: seen } = entry.membership;
    if (seen >= entry.conversation.seq) {
      entry.unread = 0;
      return;
    }
    const { window } = entry;
    const reaches = window && window.holdsHead && (!window.hasBefore || (window.lowest ?? Infinity) <= seen + 1);
    if (reaches) {
      entry.unread = window.messages.filter((message) => message.seq > seen && this.#countsAsUnread(message)).length;
      return;
    }
    entry.unread = entry.membership.unread;
    this.#tell('doubt', { conversation: entry.id });
  }

  /**
   * @param {Entry} entry
   * @param {Message} message
   */
  #noticeLast(entry, message) {
    const last = entry.lastMessage;
    if (!last || message.seq > last.seq || (message.seq === last.seq && message.version >= last.version)) {
      entry.lastMessage = message;
    }
  }

  /** @param {Message} message */
  #noticeOwn(message) {
    if (message.sender?.id === this.me && message.key) this.#tell('delivered', { message });
  }

  /**
   * @param {string} stream
   * @param {Conversation} conversation
   * @param {Set<string>} touched
   */
  #applyConversation(stream, conversation, touched) {
    const entry = this.#entryOf(stream);
    if (!entry || conversation.version < entry.conversation.version) return;
    // Rendered at delivery it may know a later head than the changes applied so far.
    entry.conversation = { ...conversation, seq: entry.conversation.seq };
    touched.add('conversation');
  }

  /**
   * @param {string} stream
   * @param {Participant} participant
   * @param {Set<string>} touched
   */
  #applyParticipant(stream, participant, touched) {
    const entry = this.#entryOf(stream);
    if (!entry) return;
    if (entry.participants) putParticipant(entry.participants, participant);
    touched.add('participants');
    touched.add('doubt');
  }

  /**
   * @param {string} stream
   * @param {Change[]} changes the newest window
   * @param {number} version of the head
   */
  #reset(stream, changes, version) {
    const id = conversationOf(stream);
    const entry = this.#entryOf(stream);
    this.void.delete(stream);
    if (id === null || !entry) {
      this.#apply(stream, changes);
      return;
    }
    /** @type {Message[]} */
    const messages = changes.filter(({ object }) => object?.type === 'message').map(({ object }) => object);
    entry.window?.reset(messages);
    entry.participants = null;
    entry.lastMessage = messages.reduce((last, one) => (!last || one.seq > last.seq ? one : last), /** @type {Message|null} */ (null));
    // A restored server may stand lower than what was known; from here on it counts.
    const renewed = changes.find(({ object }) => object?.type === 'conversation')?.object;
    entry.conversation = renewed ?? { ...entry.conversation, seq: entry.lastMessage?.seq ?? 0 };
    entry.countedAt = version;
    for (const message of messages) this.#noticeOwn(message);
    this.#tell('reset', { conversation: id });
    this.#tell('participants', { conversation: id });
    this.#tell('doubt', { conversation: id });
    this.#tell('list');
  }

  /** @param {string} stream */
  #entryOf(stream) {
    const id = conversationOf(stream);
    return id === null ? null : (this.conversations.get(id) ?? null);
  }

  /**
   * @param {string} stream
   * @param {string} cursor
   */
  #moveTo(stream, cursor) {
    this.cursors.set(stream, cursor);
    this.unheld.delete(stream);
    this.void.delete(stream);
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
 * @param {string} stream
 * @returns {number|null} the conversation whose stream it is
 */
export function conversationOf(stream) {
  return stream.startsWith('conversation:') ? Number(stream.slice('conversation:'.length)) : null;
}

/** @param {Entry} entry */
function activityOf(entry) {
  return Date.parse(entry.lastMessage?.posted_at ?? entry.conversation.created_at);
}

/**
 * @param {Map<number, Participant>} participants
 * @param {Participant} participant
 */
function putParticipant(participants, participant) {
  const held = participants.get(participant.person.id);
  if (!held || participant.version >= held.version) participants.set(participant.person.id, participant);
}
