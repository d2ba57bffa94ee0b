/** Words about what you just did, one at a time, for five seconds, with a way back. Errors stand where they happened. */

import { icon } from './icon.js';

const STAYS = 5_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

/**
 * @param {string} text
 * @param {{icon?: string, verb?: string, act?: () => void}} [options] `verb` and `act` make a button, such as “Undo”
 */
export function toast(text, { icon: name = 'check', verb, act } = {}) {
  const element = document.createElement('div');
  element.className = 'toast';
  const words = document.createElement('span');
  words.textContent = text;
  element.append(icon(name), words);
  if (verb && act) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button button--small';
    button.textContent = verb;
    button.addEventListener('click', () => {
      dismiss(element);
      act();
    });
    element.append(button);
  }
  show(element);
}

/** Toasts that the server rendered, after a form that led to a new page. */
export function showServerToasts() {
  const element = region().querySelector('[data-toast]');
  if (element instanceof HTMLElement) show(element);
}

/** @param {HTMLElement} element */
function show(element) {
  const place = region();
  place.replaceChildren(element);
  place.showPopover?.();
  const leave = () => {
    clearTimeout(leaving);
    leaving = setTimeout(() => dismiss(element), STAYS);
  };
  // Who reads slowly or reaches for the button isn’t hurried.
  element.addEventListener('pointerenter', () => clearTimeout(leaving));
  element.addEventListener('pointerleave', leave);
  element.addEventListener('focusin', () => clearTimeout(leaving));
  element.addEventListener('focusout', leave);
  leave();
}

/** @param {HTMLElement} element */
function dismiss(element) {
  clearTimeout(leaving);
  element.remove();
  if (!region().firstElementChild) region().hidePopover?.();
}

function region() {
  return /** @type {HTMLElement} */ (document.getElementById('toasts'));
}
