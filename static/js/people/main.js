/** The directory: what htmx doesn’t do by itself. */

import '../app/main.js';
import { Api } from '../api.js';
import { isComposing } from '../app/dom.js';
import { openPanel } from '../app/panel.js';
import { reasonOf } from '../app/reasons.js';
import { toast } from '../app/toast.js';
import { newKey } from '../keys.js';
import { followPresence } from './presence.js';
import './tree.js';

const app = /** @type {HTMLElement} */ (document.querySelector('.app'));
const tree = /** @type {import('./tree.js').DepartmentTree} */ (document.querySelector('department-tree'));
const search = /** @type {HTMLInputElement} */ (document.querySelector('input[name="q"]'));
const organization = document.body.dataset.organization ?? '';

followPresence(organization);

document.addEventListener('htmx:afterSwap', (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.id === 'people') showDepartment(target);
  else if (target.id === 'profile') showProfile();
});

document.addEventListener('htmx:responseError', sayWhy);
document.addEventListener('htmx:sendError', sayWhy);

/** @param {HTMLElement} pane */
function showDepartment(pane) {
  tree.mark(location.pathname + location.search);
  app.classList.add('app--open');
  // On a phone the tree has just given way; elsewhere the keyboard stays in it.
  if (!(tree.contains(document.activeElement) && tree.checkVisibility())) pane.focus({ preventScroll: true });
}

function showProfile() {
  openPanel();
  const person = location.pathname.match(/\/people\/(\d+)\/$/)?.[1];
  for (const row of document.querySelectorAll('[data-person]'))
    if (row.getAttribute('data-person') === person) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
}

/** @param {unknown} error of ours, or htmx's event */
function sayWhy(error) {
  toast(reasonOf(error), { icon: 'alert' });
}

// From the field down into what was found, and back.
search.addEventListener('keydown', (event) => {
  if (isComposing(event)) return;
  const results = found();
  if (event.key === 'ArrowDown' && results.length) results[0].focus();
  else if (event.key === 'Enter') results[0]?.click();
  else return;
  event.preventDefault();
});

document.getElementById('found')?.addEventListener('keydown', (event) => {
  const results = found();
  const at = results.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (event.key === 'ArrowDown') results[Math.min(at + 1, results.length - 1)]?.focus();
  else if (event.key === 'ArrowUp') (results[at - 1] ?? search).focus();
  else if (event.key === 'Escape') search.focus();
  else return;
  event.preventDefault();
});

function found() {
  return [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#found a'))];
}

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-message-to]') : null;
  if (!(button instanceof HTMLButtonElement)) return;
  button.disabled = true;
  try {
    const people = [Number(button.dataset.messageTo)];
    const item = await new Api(`/api/v1/orgs/${organization}`).post('conversations', {
      key: newKey(),
      kind: 'direct',
      members: people,
    });
    location.assign(`/o/${organization}/chat/${item.conversation.id}/`);
  } catch (error) {
    sayWhy(error);
    button.disabled = false;
  }
});
