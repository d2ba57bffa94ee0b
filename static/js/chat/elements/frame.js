import { byId, isAttended, isComposing, part } from '../../app/dom.js';
import { toast } from '../../app/toast.js';
import { on } from '../../events.js';
import { gettext, interpolate, ngettext } from '../../words.js';
import { chat } from '../session.js';
import { badgeOf, otherOf } from '../wording.js';
import { refreshPresence } from './avatars.js';
import { titleNow } from './names.js';

/**
 * What surrounds the conversation: the address, the head, the title and icon of the tab, the badge of the rail.
 * One goes from conversation to conversation without loading a page.
 */
export function listenForFrame() {
  on(chat, 'open', () => show());
  on(chat, 'ended', () => location.reload());
  on(chat, 'line', () => {
    showLine();
    showHead();
  });
  on(chat.store, 'conversation', ({ conversation }) => {
    if (conversation === chat.openId) showHead();
    showUnread();
  });
  on(chat.store, 'list', showUnread);
  on(chat.people, 'change', showHead);
  on(chat, 'lost', ({ entry, wasOpen, isOwnWish }) => {
    if (!wasOpen) return;
    go(null, { replaces: true });
    if (!isOwnWish) toast(interpolate(gettext('You are no longer in “%(name)s”'), { name: titleNow(entry.conversation) }), { icon: 'info' });
  });
  on(chat.presence, 'change', () => {
    refreshPresence();
    showHead();
  });
  addEventListener('popstate', () => chat.open(idIn(location.pathname)));
  document.addEventListener('click', follow);
  document.addEventListener('keydown', leaveByKey);
  for (const key of document.querySelectorAll('[data-key]')) {
    if (key.tagName === 'KBD') key.textContent = `${isApple() ? '⌘' : 'Ctrl '}${/** @type {HTMLElement} */ (key).dataset.key}`;
  }
  show();
  showLine();
  // When all stands in its place: before that, the page would be laid out for the cursor alone. Not into an open dialog.
  if (chat.current) requestAnimationFrame(() => document.querySelector('dialog[open]') || takeUpPen());
}

/**
 * Opens a conversation, or the list alone, under its address.
 * @param {number|null} id
 * @param {{replaces?: boolean}} [options]
 */
export function go(id, { replaces = false } = {}) {
  const path = id === null ? String(document.body.dataset.home) : `${document.body.dataset.home}${id}/`;
  if (path !== location.pathname) history[replaces ? 'replaceState' : 'pushState'](null, '', path);
  chat.open(id);
  if (id !== null) takeUpPen();
}

/** The cursor goes where one writes; not on phones, where a keyboard would cover what one came to read. */
function takeUpPen() {
  if (matchMedia('(pointer: fine)').matches) byId('composer-text').focus();
}

function show() {
  const isOpen = chat.current !== null;
  document.body.classList.toggle('app--open', isOpen);
  byId('conversation').hidden = !isOpen;
  byId('nothing-open').hidden = isOpen;
  showHead();
  showUnread();
}

/** For styles and for tests: how the line to the server is. */
function showLine() {
  document.documentElement.dataset.line = chat.socket.state;
}

function showHead() {
  const entry = chat.current;
  if (!entry) return;
  const head = byId('conversation-head');
  const { conversation } = entry;
  const other = otherOf(conversation, chat.me.id);
  part(head, 'title').textContent = titleNow(conversation);
  part(head, 'add').hidden = conversation.kind !== 'group';
  part(head, 'meta').textContent = other ? presenceWords(other.id) : peopleWords(conversation.participant_count);
}

/**
 * @param {number} member
 * @returns {string} nothing while the line is down: nobody knows then
 */
function presenceWords(member) {
  if (!chat.socket.isOpen) return '';
  return { online: gettext('online'), away: gettext('away'), offline: gettext('offline') }[chat.presence.of(member)];
}

/** @param {number} count */
function peopleWords(count) {
  return interpolate(ngettext('Group · %(count)s person', 'Group · %(count)s people', count), { count });
}

function showUnread() {
  const count = chat.store.unread();
  const entry = chat.current;
  const place = entry ? titleNow(entry.conversation) : gettext('Chat');
  document.title = `${count ? `(${badgeOf(count)}) ` : ''}${place} · ${gettext('Lakeside')}`;
  const badge = /** @type {HTMLElement|null} */ (document.querySelector('[data-unread-total]'));
  if (badge) {
    badge.hidden = count === 0;
    badge.textContent = badgeOf(count);
    badge.ariaLabel = interpolate(ngettext('%(count)s unread message', '%(count)s unread messages', count), { count });
  }
  const { favicon, faviconUnread } = document.body.dataset;
  const link = /** @type {HTMLLinkElement|null} */ (document.querySelector('link[rel="icon"]'));
  const wanted = count ? faviconUnread : favicon;
  if (link && wanted && link.getAttribute('href') !== wanted) link.href = wanted;
}

/**
 * A click on a conversation opens it here.
 * @param {MouseEvent} event
 */
function follow(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[data-conversation], a[data-back]') : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  go(link.dataset.conversation ? Number(link.dataset.conversation) : null);
}

/**
 * Esc leaves the conversation for its row in the list, when no layer is open that it would close.
 * @param {KeyboardEvent} event
 */
function leaveByKey(event) {
  if (event.key !== 'Escape' || event.defaultPrevented || isComposing(event) || !isAttended()) return;
  if (document.querySelector('dialog:modal, :popover-open') || document.body.classList.contains('app--drawer')) return;
  const row = document.querySelector('conversation-list a[aria-current]') ?? document.querySelector('conversation-list a');
  if (row instanceof HTMLElement) row.focus();
}

/**
 * @param {string} path
 * @returns {number|null} the conversation that the address names
 */
function idIn(path) {
  const rest = path.slice(String(document.body.dataset.home).length);
  return /^\d+\/$/.test(rest) ? parseInt(rest, 10) : null;
}

function isApple() {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
