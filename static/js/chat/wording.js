import { gettext, interpolate, ngettext } from '../words.js';

/** @import {Conversation, Message, Person, SystemEvent} from './types.js' */

/**
 * The other person of a direct conversation.
 * @param {Conversation} conversation
 * @param {number} me
 * @returns {Person|null} null for a group
 */
export function otherOf(conversation, me) {
  if (conversation.kind !== 'direct') return null;
  return conversation.people.find(({ id }) => id !== me) ?? conversation.people[0] ?? null;
}

/**
 * @param {Conversation} conversation
 * @param {number} me
 * @param {(person: Person) => Person} [known] the person as called now
 * @returns {string}
 */
export function titleOf(conversation, me, known = (person) => person) {
  const other = otherOf(conversation, me);
  return other ? known(other).name : (conversation.name ?? gettext('Group'));
}

/**
 * The colour of a group, steady like that of a person.
 * @param {Conversation} conversation
 */
export function paintOf(conversation) {
  return (conversation.id % 8) + 1;
}

/**
 * What happened in a conversation, in a sentence.
 * @param {SystemEvent} event
 * @param {number} me
 * @returns {string}
 */
export function sentenceOf(event, me) {
  const isMine = event.by.id === me;
  const by = event.by.name;
  const people = names(event.people ?? [], me);
  const isAboutMe = (event.people ?? []).some(({ id }) => id === me);
  switch (event.kind) {
    case 'conversation.created':
      return isMine
        ? interpolate(gettext('You made this group with %(people)s'), { people })
        : interpolate(gettext('%(by)s made this group with %(people)s'), { by, people });
    case 'conversation.renamed':
      return isMine
        ? interpolate(gettext('You named the group “%(name)s”'), { name: event.name ?? '' })
        : interpolate(gettext('%(by)s named the group “%(name)s”'), { by, name: event.name ?? '' });
    case 'participants.added':
      return isMine
        ? interpolate(gettext('You added %(people)s'), { people })
        : interpolate(gettext('%(by)s added %(people)s'), { by, people });
    case 'participant.removed':
      return isMine
        ? interpolate(gettext('You removed %(people)s'), { people })
        : interpolate(gettext('%(by)s removed %(people)s'), { by, people });
    case 'participant.left':
      return isMine ? gettext('You left') : interpolate(gettext('%(by)s left'), { by });
    case 'role.changed':
      return sentenceOfRole(event, people, isAboutMe);
    case 'history.switched':
      return event.history_mode === 'all'
        ? interpolate(gettext('%(by)s opened the whole history to newcomers'), { by: isMine ? gettext('You') : by })
        : interpolate(gettext('%(by)s limited newcomers to what comes after they join'), { by: isMine ? gettext('You') : by });
    default:
      return interpolate(gettext('%(by)s changed the group'), { by: isMine ? gettext('You') : by });
  }
}

/**
 * @param {SystemEvent} event
 * @param {string} people
 * @param {boolean} isAboutMe
 */
function sentenceOfRole(event, people, isAboutMe) {
  const by = event.by.name;
  if (event.role === 'owner') {
    return isAboutMe
      ? interpolate(gettext('%(by)s handed the group over to you'), { by })
      : interpolate(gettext('%(by)s handed the group over to %(people)s'), { by, people });
  }
  if (event.role === 'admin') {
    return isAboutMe
      ? gettext('You are now an administrator of this group')
      : interpolate(gettext('%(people)s is now an administrator'), { people });
  }
  return isAboutMe
    ? gettext('You are no longer an administrator of this group')
    : interpolate(gettext('%(people)s is no longer an administrator'), { people });
}

/**
 * Up to three names, then a count.
 * @param {Person[]} people
 * @param {number} me
 * @returns {string}
 */
export function names(people, me) {
  const called = people.map((person) => (person.id === me ? gettext('you') : person.name));
  const separator = gettext(', ');
  if (called.length <= 3) return called.join(separator);
  const more = called.length - 2;
  return interpolate(ngettext('%(names)s and %(count)s more', '%(names)s and %(count)s more', more), {
    names: called.slice(0, 2).join(separator),
    count: more,
  });
}

/**
 * That a message was taken back: by who said it, or by who looks after the group.
 * @param {Message} message
 * @param {number} me
 * @param {{name: string, by: string}} called the sender and who recalled it as they are called now, as far as is known
 */
export function sentenceOfRecall(message, me, { name, by }) {
  const isMine = message.sender?.id === me;
  if (message.recalled_by === message.sender?.id) {
    return isMine ? gettext('You recalled a message') : interpolate(gettext('%(name)s recalled a message'), { name });
  }
  if (message.recalled_by === me) return interpolate(gettext('You recalled a message of %(name)s'), { name });
  const who = by || gettext('An administrator');
  return isMine
    ? interpolate(gettext('%(by)s recalled your message'), { by: who })
    : interpolate(gettext('%(by)s recalled a message of %(name)s'), { by: who, name });
}

/**
 * The second line of a conversation's row.
 * @param {Message|null} message
 * @param {{me: number, isGroup: boolean, called: {name: string, by: string}}} options `called`: the sender, and who
 *   recalled it, as they are called now
 * @returns {string}
 */
export function previewOf(message, { me, isGroup, called }) {
  if (!message) return '';
  if (message.kind === 'system') return message.event ? sentenceOf(message.event, me) : '';
  if (message.recalled_at) return sentenceOfRecall(message, me, called);
  const words = wordsIn(message.html).slice(0, 200);
  if (message.sender?.id === me) return interpolate(gettext('You: %(words)s'), { words });
  return isGroup ? interpolate(gettext('%(name)s: %(words)s'), { name: called.name, words }) : words;
}

const ENTITIES = /** @type {Record<string, string>} */ ({ amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' });

/**
 * What a message says without how it looks, in one line. Only to be shown as text, never as HTML.
 * @param {string} html as the server has made it: tags of CommonMark, and no entities but these
 * @returns {string}
 */
export function wordsIn(html) {
  return html
    .replace(/<\/?(?:a|code|em|s|strong)(?:\s[^>]*)?>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name) => ENTITIES[name])
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Who is typing.
 * @param {string[]} called
 * @returns {string}
 */
export function sentenceOfTyping(called) {
  if (called.length === 0) return '';
  if (called.length === 1) return interpolate(gettext('%(name)s is typing'), { name: called[0] });
  if (called.length === 2) {
    return interpolate(gettext('%(one)s and %(two)s are typing'), { one: called[0], two: called[1] });
  }
  return interpolate(ngettext('%(count)s person is typing', '%(count)s people are typing', called.length), {
    count: called.length,
  });
}

/** @param {number} count */
export function badgeOf(count) {
  return count > 99 ? '99+' : String(count);
}

/**
 * Why a post stands aside.
 * @param {string} reason `conflict`, `gone`, or the server's words
 */
export function sentenceOfFailure(reason) {
  if (reason === 'conflict') return gettext('Not sent: it was sent before with other words');
  if (reason === 'gone') return gettext('Not sent: you are no longer in this conversation');
  return reason ? interpolate(gettext('Not sent: %(reason)s'), { reason }) : gettext('Not sent');
}
