import { copyOf, isComposing, part } from '../../app/dom.js';
import { reasonOf } from '../../app/reasons.js';
import { chat } from '../session.js';
import { fillAgain } from './message-row.js';

/** @import {Message} from '../types.js' */

/**
 * Asks for other words for a message of one's own, in its place.
 * @param {HTMLElement} row
 * @param {Message} message
 * @param {(act: () => void) => void} keepPlace does what changes the row's height without moving what one reads
 */
export function editInPlace(row, message, keepPlace) {
  const editor = /** @type {HTMLFormElement} */ (copyOf('message-editor'));
  const text = /** @type {HTMLTextAreaElement} */ (part(editor, 'text'));
  const body = part(row, 'body');
  text.value = message.text;
  keepPlace(() => {
    row.classList.add('message--editing');
    body.replaceWith(editor);
  });
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);

  const finish = () => {
    editor.replaceWith(body);
    row.classList.remove('message--editing');
    keepPlace(() => fillAgain(row));
    row.focus();
  };
  editor.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!text.value.trim() || text.value === message.text) return finish();
    try {
      await chat.edit(message, text.value);
      finish();
    } catch (error) {
      part(editor, 'error').hidden = false;
      part(editor, 'error').textContent = reasonOf(error);
    }
  });
  text.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (isComposing(event)) return;
    if (event.key === 'Escape') finish();
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      editor.requestSubmit();
    }
  });
  part(editor, 'cancel').addEventListener('click', finish);
}
