/** What the server would allow; used to show, never to protect. Mirrors chat/policies.py. */

/** @import {Message, Participant} from './types.js' */
/** @import {Entry} from './entry.js' */

const DAY = 24 * 60 * 60_000;

/**
 * @param {Message} message
 * @param {number} me
 */
export function isOwnWords(message, me) {
  return message.kind === 'text' && message.sender?.id === me && !message.recalled_at;
}

/** @param {Message} message */
export function isFresh(message) {
  return Date.now() - Date.parse(message.posted_at) < DAY;
}

/**
 * @param {Message} message
 * @param {number} me
 */
export function canEdit(message, me) {
  return isOwnWords(message, me) && isFresh(message);
}

/**
 * @param {Message} message
 * @param {Entry} entry
 * @param {number} me
 */
export function canRecall(message, entry, me) {
  if (message.kind !== 'text' || message.recalled_at) return false;
  return (isOwnWords(message, me) && isFresh(message)) || canManage(entry);
}

/** @param {Entry} entry */
export function canManage(entry) {
  return entry.conversation.kind === 'group' && entry.membership.role !== 'member';
}

/** @param {Entry} entry */
export function isOwner(entry) {
  return entry.conversation.kind === 'group' && entry.membership.role === 'owner';
}

/**
 * @param {Entry} entry
 * @param {Participant} other
 * @param {number} me
 */
export function canRemove(entry, other, me) {
  if (!canManage(entry) || other.person.id === me) return false;
  return isOwner(entry) || other.role === 'member';
}
