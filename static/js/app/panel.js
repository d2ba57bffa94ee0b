/**
 * The pane at the end. Where the window is wide it stands beside, below that it is a drawer that opens over the rest;
 * the two are remembered apart, so that a narrow window doesn’t begin covered. A button with `data-panel-toggle` moves it.
 */

import { isComposing } from './dom.js';

const WIDE = '(width >= 80rem)';

const app = document.querySelector('.app');
const panel = /** @type {HTMLElement | null} */ (app?.querySelector(':scope > .pane--panel') ?? null);

/** @type {HTMLElement | null} who opened it, and gets the focus back */
let opener = null;

/** Wires the page’s panel, if it has one. */
export function listenForPanel() {
  if (!panel) return;
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-panel-toggle]') : null;
    if (!(button instanceof HTMLElement)) return;
    if (isOpen()) closePanel();
    else openPanel(button);
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || isWide() || event.defaultPrevented || isComposing(event)) return;
    event.preventDefault();
    closePanel();
  });
  matchMedia(WIDE).addEventListener('change', tell);
  tell();
}

/** @param {HTMLElement} [by] where the focus returns; without it, where it is now */
export function openPanel(by) {
  const focused = document.activeElement;
  if (!panel?.contains(focused)) opener = by ?? (focused instanceof HTMLElement ? focused : null);
  app?.classList.add(state());
  tell();
  if (!isWide()) /** @type {HTMLElement | null} */ (panel?.querySelector('button, a'))?.focus();
}

export function closePanel() {
  app?.classList.remove('app--panel', 'app--drawer');
  tell();
  opener?.focus();
}

export function isOpen() {
  return Boolean(app?.classList.contains(state()));
}

function tell() {
  for (const button of document.querySelectorAll('[data-panel-toggle]'))
    if (!panel?.contains(button)) button.setAttribute('aria-expanded', String(isOpen()));
}

function isWide() {
  return matchMedia(WIDE).matches;
}

function state() {
  return isWide() ? 'app--panel' : 'app--drawer';
}
