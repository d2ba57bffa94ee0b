import { openDialog } from '../../app/dialog.js';
import { gettext } from '../../words.js';
import { on } from '../chat.js';
import { chat } from '../session.js';
import { byId, part } from './dom.js';
import { reasonOf } from './reasons.js';

/** @import {PeoplePicker} from './people-picker.js' */
/** @import {QuickSwitcher} from './quick-switcher.js' */

/**
 * The dialogs of the chat: a new conversation, more people for a group, and going elsewhere by a few letters.
 * @param {(conversation: number) => void} go
 */
export function listenForChatDialogs(go) {
  const creating = begin('new-conversation', async (picker, name) => go(await chat.create(picker.chosenIds, name)));
  const adding = begin('add-people', async ({ chosenIds }) => {
    if (chat.openId !== null) await chat.addPeople(chat.openId, chosenIds);
  });
  whenOpened(creating.dialog, () => creating.reset([]));
  whenOpened(adding.dialog, () => adding.reset(peopleThere()));
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
    go(conversation ?? (await chat.create([member])));
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
 * @param {string} id
 * @param {(picker: {chosenIds: number[]}, name: string) => Promise<void>} act
 */
function begin(id, act) {
  const dialog = /** @type {HTMLDialogElement} */ (byId(id));
  const picker = /** @type {PeoplePicker} */ (dialog.querySelector('people-picker'));
  const name = /** @type {HTMLInputElement|null} */ (dialog.querySelector('[data-part="name"]:is(input)'));
  const error = part(dialog, 'error');
  /** @param {string} words */
  const say = (words) => {
    error.hidden = !words;
    error.textContent = words;
  };
  part(dialog, 'form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const chosenIds = [...picker.chosen.keys()];
    if (!chosenIds.length) return say(gettext('Choose somebody first.'));
    try {
      await act({ chosenIds }, name?.value.trim() ?? '');
      dialog.close();
    } catch (problem) {
      say(reasonOf(problem));
    }
  });
  picker.addEventListener('change', () => say(''));
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
