import { isAttended, oncePerFrame, part, reconcile } from '../../app/dom.js';
import { on } from '../../events.js';
import { canEdit } from '../permissions.js';
import { rowsOf } from '../rows.js';
import { isAtEnd, rowsToKeep, sideToFill } from '../scroll.js';
import { chat } from '../session.js';
import { Announcer } from './announcer.js';
import { actOn } from './message-acts.js';
import { editInPlace } from './message-editor.js';
import { listenForMessageKeys } from './message-keys.js';
import { fillRow, makeRow, rowOf } from './message-row.js';
import { MessageTools } from './message-tools.js';
import { ReadingWatch } from './reading-watch.js';
import { RowAnchor } from './row-anchor.js';

/** @import {Message} from '../types.js' */
/** @import {Row} from '../rows.js' */
/** @import {Place} from '../window.js' */

/** With more unread than this the conversation opens where they begin. */
const MANY_UNREAD = 40;
const TRY_AGAIN_AFTER = 3_000;

/**
 * The messages of the open conversation: an endless list in which nothing moves that somebody reads.
 *
 * Events: `place` when it is at the end or no longer, `say` (`detail.text`) words for the composer.
 */
export class MessageList extends HTMLElement {
  isAtEnd = true;
  scroller = part(this, 'scroller');
  lane = part(this, 'lane');
  #anchor = new RowAnchor(this);
  #announcer = new Announcer(part(this, 'announcer'));
  #watch = new ReadingWatch({ view: this.scroller, isAtEnd: () => this.isAtEnd });
  #tools = new MessageTools({ host: this.scroller, act: (verb, row) => this.#act(verb, row) });
  /** @type {number|null} the last seq that had been seen when the waterline was drawn */
  #waterline = null;
  /** @type {'before'|'after'} */
  #direction = 'after';
  #isLoading = false;

  connectedCallback() {
    const render = () => this.render();
    on(chat, 'open', ({ conversation }) => void this.#show(conversation));
    on(chat.store, 'messages', ({ conversation }) => this.#ifOpen(conversation, () => this.#take()));
    on(chat.store, 'reset', ({ conversation }) => this.#ifOpen(conversation, () => this.#startAtEnd()));
    on(chat.people, 'change', render);
    on(chat, 'line', () => this.#showWait());
    on(chat.outgoing, 'change', ({ conversation }) => this.#ifOpen(conversation, render));
    this.scroller.addEventListener('scroll', oncePerFrame(() => this.#scrolled()), { passive: true });
    this.scroller.addEventListener('click', (event) => this.#clicked(event));
    listenForMessageKeys(this.scroller, {
      act: (verb, row) => this.#act(verb, row),
      openMenu: (row) => this.#tools.open(row),
      toEnd: () => void this.toEnd(),
    });
    new ResizeObserver(() => this.#settle()).observe(this.scroller);
    if (chat.openId !== null) void this.#show(chat.openId);
  }

  /** Shows what is held and what is on its way; what somebody reads stays where it is. */
  render() {
    const entry = chat.current;
    if (!entry) return;
    const { window } = entry;
    const posts = !window || window.holdsHead ? chat.outgoing.of(entry.id) : [];
    const rows = rowsOf(window?.messages ?? [], posts, {
      me: chat.me.id,
      waterline: this.#waterline,
      dayOf: (iso) => chat.calendar.day(iso),
    });
    const release = this.isAtEnd ? null : this.#anchor.hold();
    this.#showRows(rows);
    part(this, 'more').hidden = !window?.hasBefore;
    this.#showWait();
    part(this, 'empty').hidden = !window || window.hasBefore || rows.length > 0;
    if (release) release();
    else this.scroller.scrollTop = 0;
    this.#tools.refresh();
    this.#settle();
  }

  /** What stands in the place of rows that are still to come. */
  #showWait() {
    const isMissing = chat.current !== null && !chat.current.window;
    const isOffline = chat.socket.state === 'offline';
    part(this, 'skeleton').hidden = !isMissing || isOffline;
    part(this, 'offline').hidden = !isMissing || !isOffline;
  }

  /** One has just said something: that stands at the end now, even if the rows before it must be fetched. */
  async toOwnWords() {
    if (chat.current?.window?.holdsHead === false) chat.store.dropWindow(chat.current.id);
    this.isAtEnd = true;
    this.render();
    await this.toEnd();
  }

  /** To the newest message, wherever one is. */
  async toEnd() {
    const entry = chat.current;
    if (!entry) return;
    this.isAtEnd = true;
    if (!entry.window?.holdsHead) await this.#load({ kind: 'newest' });
    this.scroller.scrollTop = 0;
    this.#settle();
  }

  /**
   * Asks for other words for one's own last message.
   * @returns {boolean} whether there is one
   */
  editLast() {
    for (const element of /** @type {HTMLElement[]} */ ([...this.lane.children]).reverse()) {
      const row = rowOf(element);
      if (row?.kind !== 'message' || !canEdit(row.message, chat.me.id)) continue;
      this.#edit(element, row.message);
      return true;
    }
    return false;
  }

  // Opening

  /** @param {number|null} id */
  async #show(id) {
    this.#tools.leave();
    const entry = id === null ? null : chat.store.get(id);
    if (!entry) {
      this.#showRows([]);
      return;
    }
    this.#waterline = entry.unread.count ? entry.membership.seen_seq : null;
    this.#announcer.begin(entry.conversation.seq);
    this.#direction = 'after';
    this.isAtEnd = true;
    if (entry.window?.holdsHead) {
      this.render();
      this.#goToWaterline();
      return;
    }
    chat.store.dropWindow(entry.id);
    const isFar = entry.unread.count > MANY_UNREAD;
    const loading = this.#load(isFar ? { kind: 'around', seq: entry.membership.seen_seq + 1 } : { kind: 'newest' });
    // What the page brought along stands there already.
    if (!entry.window) this.render();
    await loading;
    if (chat.openId === id) this.#goToWaterline();
  }

  #goToWaterline() {
    const line = this.lane.querySelector('.waterline');
    if (line) {
      const view = this.scroller.getBoundingClientRect();
      const above = line.getBoundingClientRect().top - view.top - view.height / 5;
      if (above < 0) this.scroller.scrollTop += above;
    }
    this.#settle();
  }

  /** The rows were replaced: what one read is gone, one stands at the newest. */
  #startAtEnd() {
    this.isAtEnd = chat.current?.window?.holdsHead ?? true;
    this.render();
  }

  // Rows

  /** @param {Row[]} rows */
  #showRows(rows) {
    reconcile(this.lane, rows, { keyOf: ({ key }) => key, make: (row) => this.#make(row), fill: fillRow });
  }

  /** @param {Row} row */
  #make(row) {
    const element = makeRow(row);
    if (row.kind === 'message' || row.kind === 'post') this.#watch.observe(element);
    return element;
  }

  /** Something has come, gone or changed. */
  #take() {
    const entry = chat.current;
    if (!entry?.window) return;
    this.#drawWaterline();
    this.#letGo();
    this.render();
    this.#announcer.take(entry.window.messages);
  }

  /** What comes while nobody looks stands below a line when somebody does. */
  #drawWaterline() {
    const entry = chat.current;
    if (!entry) return;
    if (entry.unread.count === 0) {
      if (entry.lastMessage?.sender?.id === chat.me.id && entry.lastMessage.kind === 'text') this.#waterline = null;
    } else if (!isAttended() && (this.#waterline ?? -1) < entry.membership.seen_seq) {
      this.#waterline = entry.membership.seen_seq;
    }
  }

  /** Keeps the document small: far rows go, on the side that one has left. */
  #letGo() {
    const entry = chat.current;
    if (!entry?.window) return;
    const { messages } = entry.window;
    const inView = this.#watch.span;
    const atEnd = this.isAtEnd && entry.window.holdsHead;
    const first = inView ? messages.findIndex(({ seq }) => seq >= inView.first) : messages.length - 1;
    const last = inView ? messages.findLastIndex(({ seq }) => seq <= inView.last) : messages.length - 1;
    const keep = rowsToKeep(messages.length, { first, last, direction: atEnd ? 'after' : this.#direction });
    if (keep) chat.store.keepRows(entry.id, messages[keep.from].seq, messages[keep.to].seq);
  }

  // Scrolling

  #scrolled() {
    const before = this.isAtEnd;
    this.#measure();
    if (before !== this.isAtEnd) this.dispatchEvent(new CustomEvent('place'));
    this.#fill();
    this.#watch.report();
  }

  /** After rows or the view have changed: where does one stand, what is missing? */
  #settle() {
    this.#measure();
    this.dispatchEvent(new CustomEvent('place'));
    this.#fill();
    this.#watch.report();
  }

  #measure() {
    this.isAtEnd = isAtEnd(-this.scroller.scrollTop) && (chat.current?.window?.holdsHead ?? true);
  }

  #fill() {
    const window = chat.current?.window;
    if (!window || this.#isLoading || !window.messages.length) return;
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const skeleton = part(this, 'more').offsetHeight;
    const side = sideToFill(
      { above: scrollHeight - clientHeight + scrollTop - skeleton, below: -scrollTop, height: clientHeight },
      window,
    );
    if (side === 'before') void this.#load({ kind: 'before', seq: /** @type {number} */ (window.lowest) });
    else if (side === 'after') void this.#load({ kind: 'after', seq: /** @type {number} */ (window.highest) });
  }

  /** @param {Place} place */
  async #load(place) {
    const id = chat.openId;
    if (id === null) return;
    if (place.kind === 'before' || place.kind === 'after') {
      this.#isLoading = true;
      this.#direction = place.kind;
    }
    try {
      const hasJoined = await chat.load(id, place);
      if (!hasJoined && !chat.current?.window) throw new Error('the page was of another visibility');
    } catch {
      // Offline, refused or overtaken: the place is asked for again, as long as somebody waits for it.
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_AFTER));
      if (chat.openId === id && !chat.current?.window) return void this.#load(place);
    } finally {
      if (place.kind === 'before' || place.kind === 'after') this.#isLoading = false;
    }
    if (chat.openId === id) this.#fill();
  }

  // Acting

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-act]') : null;
    const row = /** @type {HTMLElement|null|undefined} */ (button?.closest('[data-key]'));
    // The tools travel from row to row and act by themselves.
    if (button && row && !button.closest('.message__tools')) this.#act(button.getAttribute('data-act') ?? '', row);
  }

  /**
   * @param {string} verb
   * @param {HTMLElement} row
   */
  #act(verb, row) {
    actOn(verb, row, {
      edit: (element, message) => this.#edit(element, message),
      say: (text) => this.dispatchEvent(new CustomEvent('say', { detail: { text } })),
    });
  }

  /**
   * @param {HTMLElement} row
   * @param {Message} message
   */
  #edit(row, message) {
    if (row.classList.contains('message--editing')) return;
    this.#tools.leave();
    editInPlace(row, message, (act) => this.#keepPlace(act));
  }

  /** @param {() => void} act changes the height of a row */
  #keepPlace(act) {
    const release = this.isAtEnd ? null : this.#anchor.hold();
    act();
    release?.();
    this.#settle();
  }

  /**
   * @param {number} id
   * @param {() => void} act
   */
  #ifOpen(id, act) {
    if (id === chat.openId) act();
  }
}
