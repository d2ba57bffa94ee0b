import { openDialog } from '../../app/dialog.js';
import { byId, part } from '../../app/dom.js';
import { reasonOf } from '../../app/reasons.js';
import { on } from '../../events.js';
import { newKey } from '../../keys.js';
import { gettext } from '../../words.js';
import { chat } from '../session.js';

/** @import {PeoplePicker} from './people-picker.js' */
/** @import {QuickSwitcher} from './quick-switcher.js' */

/**
 * The dialogs of the chat: a new conversation, more people for a group, and going elsewhere by a few letters.
 * @param {(conversation: number) => void} go
 */
export function listenForChatDialogs(go) {
  const creating = pickerDialog('new-conversation', (members, asked) => chat.conversations.create(members, asked), go);
  const adding = pickerDialog('add-people', async (members) => {
    if (chat.openId !== null) await chat.conversations.addPeople(chat.openId, members);
  });
  whenOpened(creating.dialog, () => creating.reset([]));
  whenOpened(adding.dialog, async () => {
    const entry = chat.current;
    if (entry && !entry.participants) await chat.conversations.loadParticipants(entry.id).catch(() => {});
    adding.reset(peopleThere());
  });
  creating.picker.addEventListener('change', () => {
    const count = creating.picker.chosen.size;
    part(creating.dialog, 'naming').hidden = count < 2;
    part(creating.dialog, 'go').textContent = count < 2 ? gettext('Start the conversation') : gettext('Make the group');
  });
  listenForSwitcher(go);
}

/** @param {(conversation: number) => void} go */
function listenForSwitcher(go) {
  const dialog = byId('switcher');
  const switcher = /** @type {QuickSwitcher} */ (dialog.querySelector('quick-switcher'));
  whenOpened(dialog, () => switcher.reset());
  on(switcher, 'go', async ({ conversation, member }) => {
    /** @type {HTMLDialogElement} */ (dialog).close();
    go(conversation ?? (await chat.conversations.create([member])));
  });
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const open = document.querySelector('dialog:modal');
    if (!open) openDialog(/** @type {HTMLDialogElement} */ (dialog));
    else if (open === dialog) /** @type {HTMLDialogElement} */ (dialog).close();
  });
}

/**
 * A dialog with a picker and a verb.
 * @template T
 * @param {string} id
 * @param {(members: number[], asked: {name: string, key: string}) => Promise<T>} act
 * @param {(result: T) => void} [then] when the dialog is gone and has given the focus back
 */
function pickerDialog(id, act, then) {
  const dialog = /** @type {HTMLDialogElement} */ (byId(id));
  const picker = /** @type {PeoplePicker} */ (dialog.querySelector('people-picker'));
  const name = /** @type {HTMLInputElement|null} */ (dialog.querySelector('[data-part="name"]:is(input)'));
  const error = part(dialog, 'error');
  // Kept until something else is asked for, so that one who tries again makes no second group.
  let key = newKey();
  let isBusy = false;
  /** @param {string} words */
  const say = (words) => {
    error.hidden = !words;
    error.textContent = words;
  };
  part(dialog, 'form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const members = [...picker.chosen.keys()];
    if (!members.length) return picker.input.focus();
    if (isBusy) return;
    isBusy = true;
    try {
      const result = await act(members, { name: name?.value.trim() ?? '', key });
      dialog.close();
      then?.(result);
    } catch (problem) {
      say(reasonOf(problem));
    } finally {
      isBusy = false;
    }
  });
  name?.addEventListener('input', () => {
    key = newKey();
  });
  picker.addEventListener('change', () => {
    key = newKey();
    say('');
    part(dialog, 'why').hidden = picker.chosen.size > 0;
    part(dialog, 'go').ariaDisabled = picker.chosen.size ? null : 'true';
  });
  /** @param {Iterable<number>} excluded */
  const reset = (excluded) => {
    say('');
    if (name) name.value = '';
    void picker.reset(excluded);
    picker.dispatchEvent(new CustomEvent('change'));
  };
  return { dialog, picker, reset };
}

/** @returns {number[]} who is in the open group, as far as it was loaded */
function peopleThere() {
  const participants = chat.current?.participants;
  return participants ? [...participants.values()].filter((one) => one.is_active).map(({ person }) => person.id) : [];
}

/**
 * The event `toggle` of dialogs is younger than the browsers that are served.
 * @param {HTMLElement} dialog
 * @param {() => void} act
 */
function whenOpened(dialog, act) {
  new MutationObserver(() => {
    if (dialog.hasAttribute('open')) act();
  }).observe(dialog, { attributeFilter: ['open'] });
}
