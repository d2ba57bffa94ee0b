import { copy } from '../../app/copy.js';
import { confirmed } from '../../app/dialog.js';
import { part } from '../../app/dom.js';
import { reasonOf } from '../../app/reasons.js';
import { toast } from '../../app/toast.js';
import { gettext, interpolate } from '../../words.js';
import { canEdit, canRecall, isOwnWords } from '../permissions.js';
import { chat } from '../session.js';
import { rowOf } from './message-row.js';
import { calledIn } from './names.js';

/** @import {Message} from '../types.js' */

/**
 * What one does to a row, by button, menu or key.
 * @param {string} verb `copy`, `edit`, `unread`, `recall`, `again`, and for what did not leave `retry`, `discard`
 * @param {HTMLElement} element of the row
 * @param {{edit: (element: HTMLElement, message: Message) => void, say: (words: string) => void}} screen `say` puts
 *   words into the composer
 */
export function actOn(verb, element, screen) {
  const row = rowOf(element);
  if (row?.kind === 'post') actOnPost(verb, row.post.key);
  else if (row?.kind === 'message') actOnMessage(verb, element, row.message, screen);
  else if (row?.kind === 'recalled' && verb === 'again') screen.say(chat.recalledWords(row.message));
}

/**
 * @param {string} verb
 * @param {string} key
 */
function actOnPost(verb, key) {
  if (verb === 'retry') chat.outgoing.retry(key);
  else if (verb === 'copy') void copy(chat.outgoing.get(key)?.text ?? '');
  else if (verb === 'discard') {
    const post = chat.outgoing.remove(key);
    if (post) toast(gettext('Deleted'), { icon: 'trash', verb: gettext('Undo'), act: () => chat.outgoing.restore(post) });
  }
}

/**
 * @param {string} verb
 * @param {HTMLElement} element
 * @param {Message} message
 * @param {{edit: (element: HTMLElement, message: Message) => void}} screen
 */
function actOnMessage(verb, element, message, { edit }) {
  const entry = chat.current;
  if (!entry) return;
  if (verb === 'copy') void copy(message.text);
  else if (verb === 'edit' && canEdit(message, chat.me.id)) edit(element, message);
  else if (verb === 'unread') void orSayWhy(element, () => chat.markUnread(message));
  else if (verb === 'recall' && canRecall(message, entry, chat.me.id)) void orSayWhy(element, () => recall(message));
}

/**
 * One's own words can be written again; those of others are gone.
 * @param {Message} message
 */
async function recall(message) {
  const { name } = calledIn(message);
  const isSure =
    isOwnWords(message, chat.me.id) ||
    (await confirmed({
      title: interpolate(gettext('Recall the message of %(name)s?'), { name }),
      text: gettext('Its words are gone for everybody and can’t be brought back. The group sees that you recalled it.'),
      verb: gettext('Recall'),
    }));
  if (isSure) await chat.recall(message);
}

/**
 * A refusal stands where it happened.
 * @param {Element} element
 * @param {() => Promise<void>} act
 */
async function orSayWhy(element, act) {
  try {
    await act();
  } catch (error) {
    part(element, 'fault').hidden = false;
    part(element, 'retry').hidden = part(element, 'discard').hidden = true;
    part(element, 'fault-words').textContent = reasonOf(error);
  }
}
