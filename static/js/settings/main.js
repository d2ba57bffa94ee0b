/** Browsers and tokens of mine; look and language save themselves (app/preferences.js). */

import '../app/main.js';
import { Api, Problem } from '../api.js';
import { confirmed } from '../app/dialog.js';
import { byId, copyOf } from '../app/dom.js';
import { reasonOf } from '../app/reasons.js';
import { toast } from '../app/toast.js';
import { gettext, interpolate } from '../words.js';

const api = new Api('/api/v1');
const organization = document.body.dataset.organization;

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.dataset.endsSession) endSession(button);
  else if (button?.id === 'end-others') endOtherSessions();
  else if (button?.dataset.revokesToken) revokeToken(button);
});

/** @param {HTMLButtonElement} button */
async function endSession(button) {
  if (await carriedOut(() => api.delete(`sessions/${button.dataset.endsSession}`))) {
    takeOff(button);
    byId('end-others').hidden = otherSessions().length === 0;
    toast(gettext('Signed out there'));
  }
}

async function endOtherSessions() {
  const goOn = await confirmed({
    title: gettext('Sign out everywhere else?'),
    text: gettext('All your other browsers are signed out at once. This one stays signed in, and access tokens stay as they are.'),
    verb: gettext('Sign out everywhere else'),
  });
  if (goOn && (await carriedOut(() => api.delete('sessions')))) {
    for (const button of otherSessions()) rowOf(button).remove();
    byId('end-others').hidden = true;
    byId('main').focus();
    toast(gettext('Signed out everywhere else'));
  }
}

/** The buttons of all browsers but this one. */
function otherSessions() {
  return document.querySelectorAll('[data-ends-session]');
}

/** @param {HTMLButtonElement} button */
async function revokeToken(button) {
  const name = rowOf(button).querySelector('[data-token-name]')?.textContent ?? '';
  const goOn = await confirmed({
    title: interpolate(gettext('Revoke “%(name)s”?'), { name }),
    text: gettext('Programs that use this token stop working at once. It can’t be brought back.'),
    verb: gettext('Revoke'),
  });
  if (goOn && (await carriedOut(() => api.delete(`tokens/${button.dataset.revokesToken}`)))) {
    takeOff(button);
    byId('no-tokens').hidden = byId('tokens').childElementCount > 0;
    toast(gettext('Revoked'));
  }
}

const form = /** @type {HTMLFormElement | null} */ (document.getElementById('token-form'));

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const sent = new FormData(form);
  const fault = byId('token-fault');
  fault.hidden = true;
  try {
    const token = await api.post('tokens', {
      organization,
      name: sent.get('name'),
      scopes: sent.getAll('scopes'),
      days: Number(sent.get('days')),
    });
    byId('tokens').prepend(rowFor(token));
    byId('no-tokens').hidden = true;
    byId('secret').textContent = token.secret;
    form.closest('dialog')?.close();
    form.reset();
    byId('made').hidden = false;
    byId('made').focus();
  } catch (error) {
    // Mistakes stand where they were made.
    fault.textContent = reasonOf(error);
    fault.hidden = false;
  }
});

/** @param {{id: number, name: string, hint: string, scopes: string[], expires_at: string}} token */
function rowFor(token) {
  const row = copyOf('token-row');
  const until = new Date(token.expires_at).toLocaleDateString(document.documentElement.lang, { dateStyle: 'medium' });
  fill(row, 'token-name', token.name);
  fill(row, 'token-hint', `…${token.hint}`);
  fill(row, 'token-scopes', token.scopes.map(wordsOfScope).join(gettext(', ')));
  fill(row, 'token-until', until);
  row.querySelector('button')?.setAttribute('data-revokes-token', String(token.id));
  return row;
}

/** @param {string} scope */
function wordsOfScope(scope) {
  const box = /** @type {HTMLInputElement | null | undefined} */ (form?.querySelector(`[name="scopes"][value="${scope}"]`));
  return box?.labels?.[0].querySelector('[data-words]')?.textContent ?? scope;
}

/**
 * @param {HTMLElement} row
 * @param {string} place
 * @param {string} text
 */
function fill(row, place, text) {
  const element = row.querySelector(`[data-${place}]`);
  if (element) element.textContent = text;
}

/** @param {() => Promise<unknown>} act */
async function carriedOut(act) {
  try {
    await act();
    return true;
  } catch (error) {
    // Gone already is what was wanted.
    if (error instanceof Problem && error.status === 404) return true;
    toast(reasonOf(error), { icon: 'alert' });
    return false;
  }
}

/** @param {Element} element */
function rowOf(element) {
  return /** @type {HTMLElement} */ (element.closest('[data-row]'));
}

/**
 * Takes a button's row off the list; the focus goes to the next one.
 * @param {Element} button
 */
function takeOff(button) {
  const row = rowOf(button);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  /** @type {HTMLElement | null | undefined} */ (next?.querySelector('button'))?.focus();
}
