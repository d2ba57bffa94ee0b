import { gettext } from '../words.js';
import { toast } from './toast.js';

/** A button with `data-copies="id"` puts that element’s text, or the field’s value, on the clipboard. */
export function listenForCopies() {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-copies]') : null;
    const source = button && document.getElementById(button.getAttribute('data-copies') ?? '');
    if (source) void copy(source instanceof HTMLInputElement ? source.value : (source.textContent ?? ''));
  });
}

/**
 * Puts text on the clipboard, and says so.
 * @param {string} text
 */
export async function copy(text) {
  // The clipboard is there only where the page came by HTTPS, and a company may run Lakeside by plain HTTP inside its
  // own walls.
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else copyBySelection(text);
  toast(gettext('Copied'), { icon: 'copy' });
}

/** @param {string} text */
function copyBySelection(text) {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.className = 'visually-hidden';
  field.readOnly = true;
  field.value = text;
  // What stands outside of an open dialog cannot be selected.
  (document.querySelector('dialog:modal') ?? document.body).append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
}
