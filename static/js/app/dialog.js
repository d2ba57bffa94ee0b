/**
 * Dialogs. The element is the browser’s own: it traps focus, closes on Esc and gives focus back.
 * A button with `data-opens="id"` opens one, a button with `data-closes` closes the one it stands in.
 */

import { gettext } from '../words.js';

/** Wires the buttons of the whole page, of now and of later. */
export function listenForDialogs() {
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opens = target?.closest('[data-opens]')?.getAttribute('data-opens');
    if (opens) openDialog(/** @type {HTMLDialogElement} */ (document.getElementById(opens)));
    else if (target?.closest('[data-closes]')) target.closest('dialog')?.close();
    // Only the backdrop is the dialog itself; everything inside covers it.
    else if (target instanceof HTMLDialogElement && !target.hasAttribute('data-stays')) target.close();
  });
}

/** @param {HTMLDialogElement} dialog */
export function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

/**
 * Asks before what can’t be undone. The title names the act and whom it meets, the text its consequence.
 *
 * @param {{title: string, text: string, verb: string, urgent?: boolean}} question
 * @returns {Promise<boolean>} whether the person went on
 */
export function confirmed({ title, text, verb, urgent = true }) {
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog';
  dialog.setAttribute('role', 'alertdialog');
  dialog.setAttribute('aria-labelledby', 'question-title');
  dialog.setAttribute('aria-describedby', 'question-text');

  const heading = document.createElement('h2');
  heading.id = 'question-title';
  heading.textContent = title;
  const body = document.createElement('p');
  body.id = 'question-text';
  body.className = 'dialog__body';
  body.textContent = text;
  const no = button('button button--quiet', gettext('Cancel'));
  const yes = button(`button ${urgent ? 'button--urgent' : 'button--primary'}`, verb);
  no.autofocus = true;
  no.addEventListener('click', () => dialog.close());
  yes.addEventListener('click', () => dialog.close('yes'));
  dialog.append(block('dialog__head', heading), body, block('dialog__foot', no, yes));

  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}

/**
 * @param {string} className
 * @param {string} text
 */
function button(className, text) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.textContent = text;
  return element;
}

/**
 * @param {string} className
 * @param {...Element} children
 */
function block(className, ...children) {
  const element = document.createElement('div');
  element.className = className;
  element.append(...children);
  return element;
}
