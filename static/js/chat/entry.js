import { versionOf } from './cursors.js';
import { Unread } from './unread.js';

/** @import {Conversation, ListItem, Membership, Message, Participant} from './types.js' */
/** @import {MessageWindow} from './window.js' */

/** What is held of one conversation: its row in the list, and once it was opened its messages and its people. */
export class Entry {
  /** @type {MessageWindow|null} */
  window = null;
  /** @type {Map<number, Participant>|null} by member, once asked for */
  participants = null;

  /**
   * @param {ListItem} item
   * @param {number} me
   */
  constructor(item, me) {
    this.me = me;
    this.id = item.conversation.id;
    /** @type {Conversation} */
    this.conversation = item.conversation;
    /** @type {Membership} */
    this.membership = item.membership;
    /** @type {Message|null} */
    this.lastMessage = item.last_message;
    this.unread = new Unread({ me, count: item.membership.unread, version: versionOf(item.cursor) });
  }

  /** When something happened in it last, in milliseconds. */
  get activeAt() {
    return Date.parse(this.lastMessage?.posted_at ?? this.conversation.created_at);
  }

  /** Does it stand in the server's list? One in which nothing was said yet only for who began or pinned it. */
  get isListed() {
    return this.conversation.seq > 0 || this.membership.is_pinned || this.conversation.created_by === this.me;
  }

  /** Unread messages that one wants to be told of. */
  get loudUnread() {
    return this.membership.is_muted ? 0 : this.unread.count;
  }

  /**
   * Takes its row again, as the server counted it.
   * @param {ListItem} item
   * @param {{isVoid: boolean}} held `isVoid`: what is held is of another epoch, larger numbers or not
   */
  put(item, { isVoid }) {
    const isFresh = isVoid || item.conversation.version >= this.conversation.version;
    const seq = isVoid ? item.conversation.seq : Math.max(item.conversation.seq, this.conversation.seq);
    this.conversation = { ...(isFresh ? item.conversation : this.conversation), seq };
    if (isVoid || item.membership.version >= this.membership.version) this.membership = item.membership;
    if (isVoid || (item.last_message?.seq ?? 0) >= (this.lastMessage?.seq ?? 0)) this.lastMessage = item.last_message;
    this.unread.put(item.membership.unread, versionOf(item.cursor));
  }

  /**
   * Takes a message as the change that made this version has left it.
   * @param {Message} message
   * @param {number} version
   * @returns {boolean} false if only the server can tell what is unread now
   */
  take(message, version) {
    const held = this.window?.get(message.seq) ?? (this.lastMessage?.seq === message.seq ? this.lastMessage : null);
    const isNew = message.seq > this.conversation.seq;
    if (isNew) this.conversation = { ...this.conversation, seq: message.seq };
    let isCounted = true;
    if (!this.unread.hasAccounted(version)) {
      // Posting moves one's own badge marker to the head.
      if (isNew && message.sender?.id === this.me && message.kind === 'text') this.#moveSeen(message.seq);
      isCounted = this.unread.take(message, { version, held, isNew, seen: this.membership.seen_seq });
    }
    this.noticeLast(message);
    this.window?.put(message);
    return isCounted;
  }

  /** @param {Message} message that may be the last one */
  noticeLast(message) {
    const last = this.lastMessage;
    if (!last || message.seq > last.seq || (message.seq === last.seq && message.version >= last.version)) {
      this.lastMessage = message;
    }
  }

  /** @param {Conversation} conversation as a change brought it */
  takeConversation(conversation) {
    if (conversation.version < this.conversation.version) return;
    // Rendered at delivery it may know a later head than the changes applied so far.
    this.conversation = { ...conversation, seq: this.conversation.seq };
  }

  /**
   * @param {Membership} membership not older than what is held
   * @returns {boolean} false if only the server can tell what is unread now
   */
  takeMembership(membership) {
    const before = this.membership.seen_seq;
    this.membership = membership;
    return membership.seen_seq === before || this.#recount();
  }

  /**
   * One has seen everything up to this number; the server's marker follows.
   * @param {number} seq
   * @returns {boolean} false if only the server can tell what is unread now
   */
  see(seq) {
    this.#moveSeen(seq);
    return this.#recount();
  }

  /** @param {Participant} participant */
  putParticipant(participant) {
    const held = this.participants?.get(participant.person.id);
    if (!held || participant.version >= held.version) this.participants?.set(participant.person.id, participant);
  }

  /**
   * Begins again with the newest window of what may be seen now.
   * @param {Message[]} messages
   * @param {{conversation: Conversation|undefined, version: number}} head
   */
  restart(messages, { conversation, version }) {
    this.window?.reset(messages);
    this.participants = null;
    this.lastMessage = messages.reduce((last, one) => (!last || one.seq > last.seq ? one : last), /** @type {Message|null} */ (null));
    // A restored server may stand lower than what was known; from here on it counts.
    this.conversation = conversation ?? { ...this.conversation, seq: this.lastMessage?.seq ?? 0 };
    this.unread.restart(version);
  }

  /** @param {number} seq */
  #moveSeen(seq) {
    this.membership = { ...this.membership, seen_seq: Math.max(this.membership.seen_seq, seq) };
  }

  #recount() {
    const { seen_seq: seen, unread } = this.membership;
    if (this.unread.recount({ seen, head: this.conversation.seq, window: this.window })) return true;
    this.unread.count = unread;
    return false;
  }
}
