import { copyOf, oncePerFrame, part, reconcile } from '../../app/dom.js';
import { on } from '../../events.js';
import { gettext, interpolate, ngettext } from '../../words.js';
import { chat } from '../session.js';
import { badgeOf, otherOf, previewOf, sentenceOfTyping } from '../wording.js';
import { showConversation } from './avatars.js';
import { calledIn, titleNow } from './names.js';

/** @import {Entry} from '../entry.js' */

/** @typedef {'all'|'unread'|'groups'} Filter */

/**
 * The list of conversations: pinned first, then by last activity. Nothing moves under the pointer: what is new meanwhile
 * waits at the end.
 */
export class ConversationList extends HTMLElement {
  /** @type {Filter} */
  #filter = 'all';
  /** @type {number[]} the order while the pointer is over the list */
  #order = [];
  /** @type {number|null} stays in sight while it is open, although nothing in it is unread any more */
  #keptInUnread = null;

  get rows() {
    return part(this, 'rows');
  }

  connectedCallback() {
    const render = oncePerFrame(() => this.render());
    for (const kind of ['list', 'conversation']) chat.store.addEventListener(kind, render);
    for (const source of [chat.drafts, chat.outgoing, chat.typing, chat.people]) source.addEventListener('change', render);
    on(chat, 'open', ({ conversation }) => {
      this.#keptInUnread = conversation;
      this.render();
    });
    this.addEventListener('pointerleave', render);
    this.addEventListener('click', (event) => this.#chooseFilter(event));
    this.rows.addEventListener('keydown', (event) => this.#moveByKey(event));
    // Times become weekdays, and today becomes yesterday.
    setInterval(render, 60_000);
    this.render();
  }

  render() {
    const entries = this.#ordered().filter((entry) => this.#passes(entry));
    const focused = document.activeElement;
    reconcile(this.rows, entries, {
      keyOf: ({ id }) => String(id),
      make: () => copyOf('conversation-row'),
      fill: (element, entry) => this.#show(/** @type {HTMLElement} */ (element), entry),
    });
    // A row that moved in the document has lost the focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.contains(focused)) focused.focus();
    this.#showCount();
    this.#showNone(entries.length === 0);
    this.#giveTabStop();
    chat.presence.show(
      'list',
      entries.flatMap(({ conversation }) => otherOf(conversation, chat.me.id)?.id ?? []),
    );
  }

  /** @returns {Entry[]} */
  #ordered() {
    const entries = chat.list();
    if (!this.rows.matches(':hover')) {
      this.#order = entries.map(({ id }) => id);
      return entries;
    }
    const place = new Map(this.#order.map((id, index) => [id, index]));
    const placeOf = (/** @type {Entry} */ { id }) => place.get(id) ?? this.#order.length;
    return entries.sort((a, b) => placeOf(a) - placeOf(b));
  }

  /** @param {Entry} entry */
  #passes(entry) {
    if (this.#filter === 'groups') return entry.conversation.kind === 'group';
    if (this.#filter === 'unread') return entry.unread.count > 0 || entry.id === this.#keptInUnread;
    return true;
  }

  /**
   * @param {HTMLElement} element
   * @param {Entry} entry
   */
  #show(element, entry) {
    const { conversation, membership, lastMessage, loudUnread } = entry;
    const unread = entry.unread.count;
    const other = otherOf(conversation, chat.me.id);
    const link = /** @type {HTMLAnchorElement} */ (part(element, 'link'));
    const isOpen = entry.id === chat.openId;
    link.href = `${document.body.dataset.home}${entry.id}/`;
    link.dataset.conversation = String(entry.id);
    link.classList.toggle('conversation--unread', loudUnread > 0);
    if (isOpen) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    showConversation(part(element, 'avatar'), conversation, other);
    part(element, 'name').textContent = titleNow(conversation);
    part(element, 'pinned').hidden = !membership.is_pinned;
    part(element, 'muted').hidden = !membership.is_muted;
    this.#showLast(element, entry);
    const time = part(element, 'time');
    const moment = lastMessage?.posted_at ?? conversation.created_at;
    time.setAttribute('datetime', moment);
    time.textContent = chat.calendar.brief(moment);
    const badge = part(element, 'badge');
    badge.hidden = unread === 0;
    badge.classList.toggle('badge--dot', membership.is_muted);
    badge.replaceChildren(membership.is_muted ? hidden(gettext('New messages, muted')) : badgeOf(unread));
    if (loudUnread) badge.prepend(hidden(gettext('unread: ')));
    return element;
  }

  /**
   * @param {HTMLElement} element
   * @param {Entry} entry
   */
  #showLast(element, { id, conversation, membership, lastMessage, unread }) {
    const flag = part(element, 'flag');
    const last = part(element, 'last');
    const posts = chat.outgoing.of(id);
    const draft = id === chat.openId ? '' : chat.drafts.get(id);
    const called = chat.typing.in(id).map((member) => chat.people.nameOf(member)).filter(Boolean);
    const isGroup = conversation.kind === 'group';
    last.className = '';
    flag.className = 'conversation__flag';
    flag.textContent = '';
    if (called.length) {
      last.className = 'conversation__flag--typing';
      last.textContent = isGroup ? sentenceOfTyping(called) : gettext('typing…');
    } else if (posts.some(({ state }) => state === 'failed')) {
      flag.classList.add('conversation__flag--failed');
      flag.textContent = gettext('Not sent');
      last.textContent = posts.find(({ state }) => state === 'failed')?.text ?? '';
    } else if (draft) {
      flag.classList.add('conversation__flag--draft');
      flag.textContent = gettext('Draft');
      last.textContent = draft;
    } else if (posts.length) {
      last.textContent = interpolate(gettext('You: %(words)s'), { words: posts[posts.length - 1].text });
    } else {
      last.textContent = previewOf(lastMessage, { me: chat.me.id, isGroup, called: calledIn(lastMessage) });
      if (membership.is_muted && unread.count) last.prepend(`[${badgeOf(unread.count)}] `);
    }
    flag.hidden = !flag.textContent;
  }

  #showCount() {
    const count = [...chat.store.conversations.values()].filter(({ loudUnread }) => loudUnread > 0).length;
    const chip = part(this, 'unread');
    chip.hidden = count === 0;
    chip.textContent = String(count);
    chip.ariaLabel = interpolate(ngettext('%(count)s conversation', '%(count)s conversations', count), { count });
  }

  /** @param {boolean} isEmpty */
  #showNone(isEmpty) {
    part(this, 'none').hidden = !isEmpty;
    this.rows.hidden = isEmpty;
    for (const none of this.querySelectorAll('[data-none]')) {
      const element = /** @type {HTMLElement} */ (none);
      element.hidden = element.dataset.none !== this.#filter;
    }
  }

  /** One row takes the Tab key, arrows go to the others. */
  #giveTabStop() {
    const links = this.#links();
    const stop = links.find((link) => link === document.activeElement) ?? links.find((link) => link.ariaCurrent) ?? links[0];
    for (const link of links) link.tabIndex = link === stop ? 0 : -1;
  }

  /** @returns {HTMLAnchorElement[]} */
  #links() {
    return [...this.rows.querySelectorAll('a')];
  }

  /** @param {MouseEvent} event */
  #chooseFilter(event) {
    const chip = event.target instanceof Element ? event.target.closest('[data-filter]') : null;
    if (!chip) return;
    this.#filter = /** @type {Filter} */ (chip.getAttribute('data-filter'));
    this.#keptInUnread = chat.openId;
    for (const one of this.querySelectorAll('[data-filter]')) one.removeAttribute('aria-current');
    chip.setAttribute('aria-current', 'true');
    this.render();
  }

  /** @param {KeyboardEvent} event */
  #moveByKey(event) {
    const links = this.#links();
    const at = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
    const target = {
      ArrowDown: links[at + 1],
      ArrowUp: links[at - 1],
      Home: links[0],
      End: links.at(-1),
    }[event.key];
    if (!target) return;
    event.preventDefault();
    target.focus();
    this.#giveTabStop();
  }
}

/** @param {string} words for those who hear the page */
function hidden(words) {
  const element = document.createElement('span');
  element.className = 'visually-hidden';
  element.textContent = words;
  return element;
}
