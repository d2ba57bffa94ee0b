import { showPresence } from '../../app/avatar.js';
import { icon } from '../../app/icon.js';
import { chat } from '../session.js';
import { paintOf } from '../wording.js';

/** @import {Conversation, Person} from '../types.js' */

/**
 * @param {HTMLElement} avatar
 * @param {Person} person
 * @param {{hasPresence?: boolean}} [options]
 */
export function showPerson(avatar, person, { hasPresence = false } = {}) {
  if (isShown(avatar, `${person.id} ${person.initials} ${hasPresence}`)) return;
  paint(avatar, person.paint);
  avatar.classList.remove('avatar--group');
  avatar.replaceChildren(person.initials);
  if (hasPresence) avatar.append(presenceDot(person.id));
}

/**
 * @param {HTMLElement} avatar
 * @param {Conversation} conversation
 * @param {Person|null} other of a direct conversation
 */
export function showConversation(avatar, conversation, other) {
  if (other) {
    showPerson(avatar, chat.people.now(other), { hasPresence: true });
    return;
  }
  if (isShown(avatar, `group ${conversation.id}`)) return;
  paint(avatar, paintOf(conversation));
  avatar.classList.add('avatar--group');
  avatar.replaceChildren(icon('people'));
}

/**
 * Lists are shown again at every change; what stands already stays, picture and all.
 * @param {HTMLElement} avatar
 * @param {string} what
 */
function isShown(avatar, what) {
  if (avatar.dataset.shows === what) return true;
  avatar.dataset.shows = what;
  return false;
}

/**
 * @param {HTMLElement} avatar
 * @param {number} number
 */
function paint(avatar, number) {
  avatar.className = avatar.className.replace(/\s*paint-\d/g, '');
  avatar.classList.add(`paint-${number}`);
}

/** @param {number} member */
function presenceDot(member) {
  const dot = document.createElement('i');
  dot.dataset.presence = String(member);
  showPresence(dot, chat.presence.of(member));
  return dot;
}

/** Every dot on the page says what is known now. */
export function refreshPresence() {
  for (const dot of document.querySelectorAll('[data-presence]')) {
    showPresence(dot, chat.presence.of(Number(dot.getAttribute('data-presence'))));
  }
}
