import { gettext } from '../words.js';
import { toast } from './toast.js';

/** A button with `data-copies="id"` puts that element’s text, or the field’s value, on the clipboard. */
export function listenForCopies() {
  document.addEventListener('click', async (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-copies]') : null;
    const source = button && document.getElementById(button.getAttribute('data-copies') ?? '');
    if (!source) return;
    await navigator.clipboard.writeText(source instanceof HTMLInputElement ? source.value : (source.textContent ?? ''));
    toast(gettext('Copied'), { icon: 'copy' });
  });
}
