import { toast } from '../../app/toast.js';
import { gettext, interpolate } from '../../words.js';
import { on } from '../events.js';
import { canEdit, canRecall } from '../permissions.js';
import { rowsOf } from '../rows.js';
import { anchorAmong, isAtEnd, rowsToKeep, sideToFill } from '../scroll.js';
import { chat } from '../session.js';
import { copyOf, isAttended, isComposing, oncePerFrame, part, reconcile } from './dom.js';
import { fillAgain, fillRow, makeRow, rowOf } from './message-row.js';
import { MessageTools } from './message-tools.js';
import { reasonOf } from './reasons.js';

/** @import {Message} from '../types.js' */
/** @import {Row} from '../rows.js' */
/** @import {Place} from '../window.js' */

/** With more unread than this the conversation opens where they begin. */
const MANY_UNREAD = 40;
/** A row counts as displayed when this much of it, or of the view, is filled. */
const SHARE = 0.6;
const MOST_ANNOUNCED = 160;
const TRY_AGAIN_AFTER = 3_000;

/**
 * The messages of the open conversation: an endless list in which nothing moves that somebody reads.
 *
 * Events: `place` when it is at the end or no longer, `say` (`detail.text`) words for the composer.
 */
export class MessageList extends HTMLElement {
  isAtEnd = true;
  scroller = document.createElement('div');
  lane = document.createElement('div');
  announcer = document.createElement('p');
  more = skeletons('skeletons messages__more', ['60', '45', '80']);
  skeleton = skeletons('messages__lane skeletons', ['60', '80', '45', '60', '30']);
  empty = emptyConversation();
  /** @type {MessageTools|null} */
  tools = null;
  /** @type {number|null} the last seq that had been seen when the waterline was drawn */
  #waterline = null;
  /** @type {'before'|'after'} */
  #direction = 'after';
  #isLoading = false;
  /** By so much, less than a pixel, the rows stand lower than they should. */
  #drift = 0;
  /** @type {Set<Element>} */
  #inView = new Set();
  /** @type {number} the newest seq that was announced */
  #announced = 0;
  /** @type {IntersectionObserver|null} */
  #watcher = null;

  connectedCallback() {
    this.#build();
    this.tools = new MessageTools({ host: this.scroller, act: (verb, element) => this.act(verb, element) });
    const render = () => this.render();
    on(chat, 'open', ({ conversation }) => void this.#show(conversation));
    on(chat.store, 'messages', ({ conversation }) => this.#ifOpen(conversation, () => this.#take()));
    on(chat.store, 'reset', ({ conversation }) => this.#ifOpen(conversation, () => this.#startAtEnd()));
    on(chat.people, 'change', render);
    on(chat.outgoing, 'change', ({ conversation }) => this.#ifOpen(conversation, render));
    this.scroller.addEventListener('scroll', oncePerFrame(() => this.#scrolled()), { passive: true });
    this.scroller.addEventListener('keydown', (event) => this.#moveByKey(event));
    this.scroller.addEventListener('click', (event) => this.#clicked(event));
    this.#watcher = new IntersectionObserver((entries) => this.#watched(entries), {
      root: this.scroller,
      threshold: [0, SHARE, 1],
    });
    new ResizeObserver(() => this.#settle()).observe(this.scroller);
    for (const kind of ['focus', 'visibilitychange']) addEventListener(kind, () => this.#attended());
    document.addEventListener('visibilitychange', () => this.#attended());
    if (chat.openId !== null) void this.#show(chat.openId);
  }

  /** Shows what is held and what is on its way; what somebody reads stays where it is. */
  render() {
    const entry = chat.current;
    if (!entry) return;
    const window = entry.window;
    const posts = !window || window.holdsHead ? chat.outgoing.of(entry.id) : [];
    const rows = rowsOf(window?.messages ?? [], posts, {
      me: chat.me.id,
      waterline: this.#waterline,
      dayOf: (iso) => chat.calendar.day(iso),
    });
    const wasAtEnd = this.isAtEnd;
    const release = wasAtEnd ? null : this.#hold();
    reconcile(this.lane, rows, { keyOf: ({ key }) => key, make: (row) => this.#make(row), fill: fillRow });
    this.more.hidden = !window?.hasBefore;
    this.skeleton.hidden = Boolean(window);
    this.empty.hidden = !window || window.hasBefore || rows.length > 0;
    if (release) release();
    else this.scroller.scrollTop = 0;
    this.tools?.refresh();
    this.#settle();
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

  /** One's own last message, to be edited. */
  editLast() {
    const own = [...this.lane.children].filter((element) => {
      const row = rowOf(element);
      return row?.kind === 'message' && canEdit(row.message, chat.me.id);
    });
    const last = own.at(-1);
    if (last) this.#edit(last);
    return Boolean(last);
  }

  /**
   * @param {string} verb `copy`, `edit`, `unread`, `recall`, `retry`, `discard`, `again`
   * @param {Element} element of the row
   */
  act(verb, element) {
    const row = rowOf(element);
    if (!row) return;
    if (row.kind === 'post') this.#actOnPost(verb, row.post.key);
    else if (row.kind === 'message' || row.kind === 'recalled') void this.#actOnMessage(verb, element, row.message);
  }

  // Opening

  /** @param {number|null} id */
  async #show(id) {
    this.tools?.leave();
    const entry = id === null ? null : chat.store.get(id);
    if (!entry) {
      reconcile(this.lane, /** @type {Row[]} */ ([]), { keyOf: () => '', make: makeRow, fill: fillRow });
      return;
    }
    this.#waterline = entry.unread.count ? entry.membership.seen_seq : null;
    this.#announced = entry.conversation.seq;
    this.#direction = 'after';
    this.isAtEnd = true;
    if (entry.window?.holdsHead) {
      this.render();
      this.#goToWaterline();
      return;
    }
    chat.store.dropWindow(entry.id);
    this.render();
    const isFar = entry.unread.count > MANY_UNREAD;
    await this.#load(isFar ? { kind: 'around', seq: entry.membership.seen_seq + 1 } : { kind: 'newest' });
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

  #build() {
    this.scroller.className = 'messages';
    this.scroller.tabIndex = 0;
    this.scroller.setAttribute('role', 'log');
    // Read out by the announcer: history that is loaded above is no news.
    this.scroller.ariaLive = 'off';
    this.scroller.ariaLabel = gettext('Messages');
    this.skeleton.ariaBusy = 'true';
    this.skeleton.ariaLabel = gettext('Messages are loading');
    const lane = document.createElement('div');
    lane.className = 'messages__lane';
    lane.append(this.more, this.lane);
    this.scroller.append(lane, this.skeleton, this.empty);
    this.announcer.className = 'visually-hidden';
    this.announcer.ariaLive = 'polite';
    this.append(this.scroller, this.announcer);
    this.more.hidden = this.empty.hidden = true;
  }

  /** @param {Row} row */
  #make(row) {
    const element = makeRow(row);
    if (row.kind === 'message' || row.kind === 'post') this.#watcher?.observe(element);
    return element;
  }

  /** Something has come, gone or changed. */
  #take() {
    const entry = chat.current;
    if (!entry?.window) return;
    this.#drawWaterline();
    this.#letGo();
    this.render();
    this.#announce(entry.window.messages);
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
    const seqs = [...this.#inView].map((element) => Number(/** @type {HTMLElement} */ (element).dataset.seq)).filter(Boolean);
    const atEnd = this.isAtEnd && entry.window.holdsHead;
    const first = seqs.length ? messages.findIndex(({ seq }) => seq >= Math.min(...seqs)) : messages.length - 1;
    const last = seqs.length ? messages.findLastIndex(({ seq }) => seq <= Math.max(...seqs)) : messages.length - 1;
    const keep = rowsToKeep(messages.length, { first, last, direction: atEnd ? 'after' : this.#direction });
    if (keep) chat.store.keepRows(entry.id, messages[keep.from].seq, messages[keep.to].seq);
  }

  /**
   * New words of others are read out, once.
   * @param {Message[]} messages
   */
  #announce(messages) {
    const fresh = messages.filter(({ seq, sender, kind }) => seq > this.#announced && kind === 'text' && sender?.id !== chat.me.id);
    this.#announced = Math.max(this.#announced, messages.at(-1)?.seq ?? 0);
    const last = fresh.at(-1);
    if (!last?.sender || last.recalled_at) return;
    const name = chat.people.now(last.sender).name;
    this.announcer.textContent = interpolate(gettext('%(name)s: %(words)s'), { name, words: last.text.slice(0, MOST_ANNOUNCED) });
  }

  // Scrolling

  /**
   * Notes where a row stands; the answer puts it back there.
   * @returns {() => void}
   */
  #hold() {
    const view = this.scroller.getBoundingClientRect();
    const rows = [...this.lane.children].filter((element) => element.matches('.message, .system'));
    const spans = rows.map((element) => bodyOf(element).getBoundingClientRect());
    const index = anchorAmong(spans, view);
    if (index === -1) return () => {};
    const key = /** @type {HTMLElement} */ (rows[index]).dataset.key;
    const before = spans[index].top;
    return () => {
      const element = [...this.lane.children].find((row) => /** @type {HTMLElement} */ (row).dataset.key === key);
      if (!element) return;
      // One scrolls by whole pixels and rows are not that high: what was left over is made good the next time.
      const wanted = before - this.#drift;
      this.scroller.scrollTop += bodyOf(element).getBoundingClientRect().top - wanted;
      const rest = bodyOf(element).getBoundingClientRect().top - wanted;
      // More than that is the end of the list, not a rest.
      this.#drift = Math.abs(rest) < 1 ? rest : 0;
    };
  }

  #scrolled() {
    const before = this.isAtEnd;
    this.#measure();
    if (before !== this.isAtEnd) this.dispatchEvent(new CustomEvent('place'));
    this.#fill();
    this.#attended();
  }

  /** After rows or the view have changed: where does one stand, what is missing? */
  #settle() {
    this.#measure();
    this.dispatchEvent(new CustomEvent('place'));
    this.#fill();
    this.#attended();
  }

  #measure() {
    this.isAtEnd = isAtEnd(-this.scroller.scrollTop) && (chat.current?.window?.holdsHead ?? true);
  }

  #fill() {
    const window = chat.current?.window;
    if (!window || this.#isLoading || !window.messages.length) return;
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const skeleton = this.more.offsetHeight;
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

  // Reading

  /** @param {IntersectionObserverEntry[]} entries */
  #watched(entries) {
    for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const fillsView = rootBounds && intersectionRect.height >= rootBounds.height * SHARE;
      if (isIntersecting && (intersectionRatio >= SHARE || fillsView)) this.#inView.add(target);
      else this.#inView.delete(target);
    }
    this.#attended();
  }

  /** What stands on the screen of somebody who looks was displayed; at the end all was seen. */
  #attended() {
    const entry = chat.current;
    if (!entry?.window || !isAttended() || !this.scroller.clientHeight) return;
    for (const element of this.#inView) {
      if (!element.isConnected) this.#inView.delete(element);
      const seq = Number(/** @type {HTMLElement} */ (element).dataset.seq);
      if (seq && element.isConnected) chat.markers.displayed(entry.id, seq);
    }
    if (this.isAtEnd && entry.window.holdsHead) chat.readToEnd();
  }

  // Acting

  /**
   * @param {string} verb
   * @param {string} key
   */
  #actOnPost(verb, key) {
    if (verb === 'retry') chat.outgoing.retry(key);
    else if (verb === 'copy') void copy(chat.outgoing.get(key)?.text ?? '');
    else if (verb === 'discard') {
      const post = chat.outgoing.remove(key);
      if (post) toast(gettext('Deleted'), { icon: 'trash', verb: gettext('Undo'), act: () => chat.outgoing.restore(post) });
    }
  }

  /**
   * @param {string} verb
   * @param {Element} element
   * @param {Message} message
   */
  async #actOnMessage(verb, element, message) {
    const entry = chat.current;
    if (!entry) return;
    if (verb === 'copy') await copy(message.text);
    else if (verb === 'edit' && canEdit(message, chat.me.id)) this.#edit(element);
    else if (verb === 'again') this.dispatchEvent(new CustomEvent('say', { detail: { text: chat.recalledWords(message) } }));
    else if (verb === 'unread') await this.#orSayWhy(element, () => chat.markUnread(message));
    else if (verb === 'recall' && canRecall(message, entry, chat.me.id)) await this.#orSayWhy(element, () => chat.recall(message));
  }

  /**
   * A refusal stands where it happened.
   * @param {Element} element
   * @param {() => Promise<void>} act
   */
  async #orSayWhy(element, act) {
    try {
      await act();
    } catch (error) {
      part(element, 'fault').hidden = false;
      part(element, 'retry').hidden = part(element, 'discard').hidden = true;
      part(element, 'fault-words').textContent = reasonOf(error);
    }
  }

  /** @param {Element} element */
  #edit(element) {
    const row = rowOf(element);
    if (row?.kind !== 'message' || element.classList.contains('message--editing')) return;
    const editor = /** @type {HTMLFormElement} */ (copyOf('message-editor'));
    const text = /** @type {HTMLTextAreaElement} */ (part(editor, 'text'));
    const body = part(element, 'body');
    const finish = () => {
      editor.replaceWith(body);
      element.classList.remove('message--editing');
      this.#keepPlace(() => fillAgain(element));
      /** @type {HTMLElement} */ (element).focus();
    };
    text.value = row.message.text;
    this.tools?.leave();
    this.#keepPlace(() => {
      element.classList.add('message--editing');
      body.replaceWith(editor);
    });
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
    editor.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (!text.value.trim() || text.value === row.message.text) return finish();
      try {
        await chat.edit(row.message, text.value);
        finish();
      } catch (error) {
        part(editor, 'error').hidden = false;
        part(editor, 'error').textContent = reasonOf(error);
      }
    });
    part(editor, 'text').addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (isComposing(event)) return;
      if (event.key === 'Escape') finish();
      else if (event.key === 'Enter' && !event.shiftKey) {
        event.preventDefault();
        editor.requestSubmit();
      }
    });
    editor.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('[data-act="cancel-edit"]')) finish();
    });
  }

  /** @param {() => void} act */
  #keepPlace(act) {
    const release = this.isAtEnd ? null : this.#hold();
    act();
    release?.();
    this.#settle();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-act]') : null;
    const row = button?.closest('[data-key]');
    if (button && row && !button.closest('.message__tools, .message__editor')) {
      this.act(button.getAttribute('data-act') ?? '', row);
    }
  }

  /**
   * Arrows go from message to message, letters act on the one that has the focus.
   * @param {KeyboardEvent} event
   */
  #moveByKey(event) {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = document.activeElement;
    const rows = /** @type {HTMLElement[]} */ ([...this.lane.querySelectorAll(':scope > .message')]);
    const at = rows.indexOf(/** @type {HTMLElement} */ (focused?.closest('.message') ?? null));
    const isOnRow = focused instanceof Element && focused.matches('.message');
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      if (focused !== this.scroller && !isOnRow) return;
      event.preventDefault();
      const next = at === -1 ? rows.at(-1) : rows[at + (event.key === 'ArrowUp' ? -1 : 1)];
      next?.focus({ preventScroll: true });
      next?.scrollIntoView({ block: 'nearest' });
      return;
    }
    if (event.key === 'End' && (isOnRow || focused === this.scroller)) {
      event.preventDefault();
      void this.toEnd();
    }
    if (!isOnRow) return;
    const verb = /** @type {Record<string, string>} */ ({ c: 'copy', e: 'edit', u: 'unread', Delete: 'recall', Backspace: 'recall' })[event.key];
    if (verb) {
      event.preventDefault();
      this.act(verb, focused);
    } else if (event.key === 'Enter' || event.key === 'm') {
      event.preventDefault();
      this.tools?.open(/** @type {HTMLElement} */ (focused));
    }
  }

  /**
   * @param {number} id
   * @param {() => void} act
   */
  #ifOpen(id, act) {
    if (id === chat.openId) act();
  }
}

/** @param {string} text */
async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast(gettext('Copied'), { icon: 'copy' });
}

/**
 * What must not move: the words of a row, not the head above them, which comes and goes with its neighbours.
 * @param {Element} row
 */
function bodyOf(row) {
  return row.querySelector('.message__body, .message__editor') ?? row;
}

/**
 * @param {string} className
 * @param {string[]} widths
 */
function skeletons(className, widths) {
  const element = document.createElement('div');
  element.className = className;
  element.append(
    ...widths.map((width, number) => {
      const line = document.createElement('div');
      line.className = `skeleton skeleton--bubble skeleton--${width}${number % 3 === 2 ? ' skeleton--end' : ''}`;
      return line;
    }),
  );
  return element;
}

function emptyConversation() {
  const element = document.createElement('p');
  element.className = 'empty soft';
  element.textContent = gettext('Nothing was said here yet. The first word is yours.');
  return element;
}

