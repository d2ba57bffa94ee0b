import { paintOf, titleOf } from '../wording.js';
import { chat } from '../session.js';
import { showPresence } from '../../app/avatar.js';
import { icon } from '../../app/icon.js';

/** @import {Conversation, Message, Person} from '../types.js' */

/**
 * A copy of a page's `<template>`.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (document.importNode(/** @type {Element} */ (template.content.firstElementChild), true));
}

/**
 * @param {ParentNode} node
 * @param {string} name
 * @returns {HTMLElement} the element marked `data-part="name"`
 */
export function part(node, name) {
  return /** @type {HTMLElement} */ (node.querySelector(`[data-part="${name}"]`));
}

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  return /** @type {T} */ (/** @type {unknown} */ (document.getElementById(id)));
}

/**
 * Makes the children of `parent` those of `items`, each the same element as before under its key. Nothing is moved
 * that stands in its place already.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {{keyOf: (item: T) => string, make: (item: T) => Element, fill: (element: Element, item: T) => Element}} how
 *   `fill` may answer another element, which then takes the place
 * @returns {void}
 */
export function reconcile(parent, items, { keyOf, make, fill }) {
  const known = childrenOf.get(parent) ?? new Map();
  /** @type {Map<string, Element>} */
  const kept = new Map();
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const before = known.get(key);
    const element = fill(before ?? make(item), item);
    if (before && before !== element) {
      if (place === before) place = before.nextElementSibling;
      before.replaceWith(element);
    }
    kept.set(key, element);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const [key, element] of known) if (kept.get(key) !== element) element.remove();
  childrenOf.set(parent, kept);
}

/** @type {WeakMap<Element, Map<string, Element>>} */
const childrenOf = new WeakMap();

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
 * How the sender of a message, and who recalled it, are called now.
 * @param {Message|null} message
 */
export function calledIn(message) {
  const sender = message?.sender;
  const by = message?.recalled_by;
  return {
    name: sender ? chat.people.now(sender).name : '',
    by: by && by !== sender?.id && by !== chat.me.id ? chat.people.nameOf(by) : '',
  };
}

/** @param {Conversation} conversation */
export function titleNow(conversation) {
  return titleOf(conversation, chat.me.id, (person) => chat.people.now(person));
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

/**
 * Is this key press part of composing Chinese, Japanese or Korean? Safari ends the composition before the key.
 * @param {KeyboardEvent} event
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Does somebody look at this tab? */
export function isAttended() {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/**
 * At most once a frame.
 * @param {() => void} act
 * @returns {() => void}
 */
export function oncePerFrame(act) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      act();
    });
  };
}
