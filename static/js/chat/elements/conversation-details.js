import { confirmed } from '../../app/dialog.js';
import { copyOf, isComposing, part, reconcile } from '../../app/dom.js';
import { reasonOf } from '../../app/reasons.js';
import { toast } from '../../app/toast.js';
import { on } from '../../events.js';
import { gettext, interpolate, ngettext } from '../../words.js';
import { canManage, canRemove, isOwner } from '../permissions.js';
import { chat } from '../session.js';
import { otherOf } from '../wording.js';
import { showPerson } from './avatars.js';
import { titleNow } from './names.js';

/** @import {Entry} from '../entry.js' */
/** @import {Member, Participant, Person} from '../types.js' */

/** As many people stand in the panel until one asks for all. */
const FIRST = 30;
const ROLES = { owner: 0, admin: 1, member: 2 };

/** Beside a conversation: who takes part, its name, its rules, and what it is to me. */
export class ConversationDetails extends HTMLElement {
  #showsAll = false;
  /** @type {number|null} whose people are being loaded */
  #loading = null;

  connectedCallback() {
    on(chat, 'open', () => {
      this.#showsAll = false;
      this.render();
    });
    for (const kind of ['conversation', 'participants', 'reset']) {
      on(chat.store, kind, ({ conversation }) => conversation === chat.openId && this.render());
    }
    chat.people.addEventListener('change', () => this.render());
    part(this, 'rename').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#name.blur();
    });
    this.#name.addEventListener('change', () => void this.#rename());
    this.#name.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || isComposing(event)) return;
      this.#name.value = chat.current?.conversation.name ?? '';
      this.#name.blur();
    });
    part(this, 'muted').addEventListener('change', () => void this.#prefer('muted', (is) => ({ is_muted: is })));
    part(this, 'pinned').addEventListener('change', () => void this.#prefer('pinned', (is) => ({ is_pinned: is })));
    part(this, 'history-mode').addEventListener('change', () => void this.#switchHistory());
    part(this, 'leave').addEventListener('click', () => void this.#leave());
    part(this, 'all').addEventListener('click', () => {
      this.#showsAll = true;
      this.render();
    });
    part(this, 'participants').addEventListener('click', (event) => void this.#act(event));
    // A panel that nobody sees asks for nobody.
    new ResizeObserver(() => this.render()).observe(this.#body);
    this.render();
  }

  get #body() {
    return /** @type {HTMLElement} */ (this.firstElementChild);
  }

  get #name() {
    return /** @type {HTMLInputElement} */ (part(this, 'name'));
  }

  render() {
    const entry = chat.current;
    // Of a conversation that was left, or taken away, nothing stays in sight.
    this.hidden = !entry;
    if (!entry) {
      part(this, 'participants').replaceChildren();
      return;
    }
    const { conversation, membership } = entry;
    const other = otherOf(conversation, chat.me.id);
    const isGroup = conversation.kind === 'group';
    part(this, 'person').hidden = isGroup;
    part(this, 'people').hidden = !isGroup;
    part(this, 'naming').hidden = !isGroup || !canManage(entry);
    part(this, 'history').hidden = !isOwner(entry);
    part(this, 'leaving').hidden = !isGroup;
    input(this, 'muted').checked = membership.is_muted;
    input(this, 'pinned').checked = membership.is_pinned;
    /** @type {HTMLSelectElement} */ (part(this, 'history-mode')).value = conversation.history_mode;
    if (document.activeElement !== this.#name) this.#name.value = conversation.name ?? '';
    if (other) this.#showPerson(chat.people.now(other));
    if (isGroup) this.#showPeople(entry);
  }

  /** @param {Person} person the other one of a direct conversation */
  #showPerson(person) {
    showPerson(part(this, 'person-avatar'), person, { hasPresence: true });
    part(this, 'person-name').textContent = person.name;
    part(this, 'person-title').textContent = /** @type {Partial<Member>} */ (person).title ?? gettext('Profile');
    /** @type {HTMLAnchorElement} */ (part(this, 'profile')).href = `${document.body.dataset.people}${person.id}/`;
    chat.presence.show('details', [person.id]);
  }

  /** @param {Entry} entry */
  #showPeople(entry) {
    part(this, 'count').textContent = String(entry.conversation.participant_count);
    if (!entry.participants) {
      if (this.#body.clientWidth) void this.#load(entry.id);
      return;
    }
    const people = [...entry.participants.values()].filter(({ is_active: isActive }) => isActive).sort(byRole);
    const shown = this.#showsAll ? people : people.slice(0, FIRST);
    reconcile(part(this, 'participants'), shown, {
      keyOf: ({ person }) => String(person.id),
      make: () => copyOf('participant-row'),
      fill: (element, participant) => this.#showParticipant(/** @type {HTMLElement} */ (element), entry, participant),
    });
    const more = people.length - shown.length;
    part(this, 'all').hidden = more <= 0;
    part(this, 'all').textContent = interpolate(ngettext('Show %(count)s more', 'Show %(count)s more', more), { count: more });
    chat.presence.show('details', shown.map(({ person }) => person.id));
  }

  /** @param {number} id */
  async #load(id) {
    if (this.#loading === id) return;
    this.#loading = id;
    try {
      await chat.conversations.loadParticipants(id);
      part(this, 'people-error').hidden = true;
    } catch (error) {
      this.#say('people-error', error);
    } finally {
      this.#loading = null;
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {Entry} entry
   * @param {Participant} participant
   */
  #showParticipant(row, entry, participant) {
    const person = chat.people.now(participant.person);
    const link = /** @type {HTMLAnchorElement} */ (part(row, 'name'));
    row.dataset.member = String(person.id);
    showPerson(part(row, 'avatar'), person, { hasPresence: true });
    link.textContent = person.name;
    link.href = `${document.body.dataset.people}${person.id}/`;
    part(row, 'title').textContent = participant.person.title ?? '';
    const role = part(row, 'role');
    role.hidden = participant.role === 'member';
    role.textContent = participant.role === 'owner' ? gettext('Owner') : gettext('Admin');
    const isMe = person.id === chat.me.id;
    const gives = isOwner(entry) && !isMe;
    const removes = canRemove(entry, participant, chat.me.id);
    part(row, 'menu').hidden = !gives && !removes;
    part(row, 'menu-open').ariaLabel = interpolate(gettext('What to do with %(name)s'), { name: person.name });
    verb(row, 'make-admin').hidden = !gives || participant.role !== 'member';
    verb(row, 'make-member').hidden = !gives || participant.role !== 'admin';
    verb(row, 'make-owner').hidden = !gives;
    verb(row, 'remove').hidden = !removes;
    return row;
  }

  /** @param {MouseEvent} event */
  async #act(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-act]') : null;
    const row = /** @type {HTMLElement|undefined} */ (button?.closest('[data-member]') ?? undefined);
    const entry = chat.current;
    if (!button || !row || !entry) return;
    const member = Number(row.dataset.member);
    const name = chat.people.nameOf(member);
    const act = button.getAttribute('data-act');
    part(this, 'people-error').hidden = true;
    try {
      if (act === 'make-admin') await chat.conversations.giveRole(entry.id, member, 'admin');
      else if (act === 'make-member') await chat.conversations.giveRole(entry.id, member, 'member');
      else if (act === 'make-owner') await this.#handOver(entry, member, name);
      else if (act === 'remove') await this.#remove(entry, member, name);
    } catch (error) {
      this.#say('people-error', error);
    }
  }

  /**
   * @param {Entry} entry
   * @param {number} member
   * @param {string} name
   */
  async #handOver(entry, member, name) {
    const isSure = await confirmed({
      title: interpolate(gettext('Hand the group over to %(name)s?'), { name }),
      text: gettext('You stay as an administrator. Only the new owner can give the group back.'),
      verb: gettext('Hand over'),
    });
    if (isSure) await chat.conversations.giveRole(entry.id, member, 'owner');
  }

  /**
   * @param {Entry} entry
   * @param {number} member
   * @param {string} name
   */
  async #remove(entry, member, name) {
    await chat.conversations.removePerson(entry.id, member);
    toast(interpolate(gettext('%(name)s was removed'), { name }), {
      icon: 'minus',
      verb: gettext('Undo'),
      act: () => void chat.conversations.addPeople(entry.id, [member]).catch((error) => this.#say('people-error', error)),
    });
  }

  async #rename() {
    const entry = chat.current;
    const name = this.#name.value.trim();
    part(this, 'name-error').hidden = true;
    this.#name.ariaInvalid = 'false';
    if (!entry || name === entry.conversation.name) return;
    try {
      await chat.conversations.change(entry.id, { name });
    } catch (error) {
      this.#name.ariaInvalid = 'true';
      this.#say('name-error', error);
    }
  }

  async #switchHistory() {
    const entry = chat.current;
    const select = /** @type {HTMLSelectElement} */ (part(this, 'history-mode'));
    part(this, 'history-error').hidden = true;
    if (!entry) return;
    try {
      await chat.conversations.change(entry.id, { history_mode: select.value === 'all' ? 'all' : 'join' });
    } catch (error) {
      select.value = entry.conversation.history_mode;
      this.#say('history-error', error);
    }
  }

  /**
   * @param {string} name
   * @param {(is: boolean) => {is_muted: boolean}|{is_pinned: boolean}} change
   */
  async #prefer(name, change) {
    const entry = chat.current;
    const box = input(this, name);
    part(this, 'preference-error').hidden = true;
    if (!entry) return;
    try {
      await chat.conversations.prefer(entry.id, change(box.checked));
    } catch (error) {
      box.checked = !box.checked;
      this.#say('preference-error', error);
    }
  }

  async #leave() {
    const entry = chat.current;
    if (!entry) return;
    const name = titleNow(entry.conversation);
    const isSure = await confirmed({
      title: interpolate(gettext('Leave “%(name)s”?'), { name }),
      text: gettext('It goes from your list with its history. Somebody in the group can bring you back.'),
      verb: gettext('Leave'),
    });
    if (!isSure) return;
    try {
      await chat.conversations.leave(entry.id);
    } catch (error) {
      this.#say('people-error', error);
    }
  }

  /**
   * @param {string} name of the place
   * @param {unknown} error
   */
  #say(name, error) {
    part(this, name).hidden = false;
    part(this, name).textContent = reasonOf(error);
  }
}

/**
 * @param {Participant} a
 * @param {Participant} b
 */
function byRole(a, b) {
  return ROLES[a.role] - ROLES[b.role];
}

/**
 * @param {ParentNode} node
 * @param {string} name
 */
function input(node, name) {
  return /** @type {HTMLInputElement} */ (part(node, name));
}

/**
 * @param {ParentNode} node
 * @param {string} name
 */
function verb(node, name) {
  return /** @type {HTMLElement} */ (node.querySelector(`[data-act="${name}"]`));
}
