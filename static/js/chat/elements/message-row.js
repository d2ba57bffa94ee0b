import { copyOf, part } from '../../app/dom.js';
import { gettext } from '../../words.js';
import { signatureOf } from '../rows.js';
import { chat } from '../session.js';
import { sentenceOf, sentenceOfFailure, sentenceOfRecall } from '../wording.js';
import { showPerson } from './avatars.js';
import { showSanitised } from './html.js';
import { calledIn } from './names.js';

/** @import {Message} from '../types.js' */
/** @import {Row} from '../rows.js' */

/** @type {WeakMap<Element, {row: Row, signature: string}>} */
const shown = new WeakMap();

const TEMPLATES = {
  day: 'day-row',
  waterline: 'waterline-row',
  event: 'note-row',
  recalled: 'note-row',
  message: 'message-row',
  post: 'message-row',
};

/**
 * @param {Element} element
 * @returns {Row|null} what the element shows
 */
export function rowOf(element) {
  return shown.get(element)?.row ?? null;
}

/**
 * @param {Row} row
 * @returns {HTMLElement}
 */
export function makeRow(row) {
  const element = copyOf(TEMPLATES[row.kind]);
  element.dataset.key = row.key;
  return element;
}

/**
 * Shows the row in its element. A message that was recalled needs another one, which is answered.
 * @param {Element} element
 * @param {Row} row
 * @returns {Element}
 */
export function fillRow(element, row) {
  const before = shown.get(element);
  const called = row.kind === 'message' || row.kind === 'recalled' ? Object.values(calledIn(row.message)) : [];
  const signature = [signatureOf(row), ...called].join(' ');
  if (before?.signature === signature || element.classList.contains('message--editing')) {
    shown.set(element, { row, signature: before?.signature ?? signature });
    return element;
  }
  if (before && TEMPLATES[before.row.kind] !== TEMPLATES[row.kind]) return fillRow(makeRow(row), row);
  shown.set(element, { row, signature });
  const target = /** @type {HTMLElement} */ (element);
  if (row.kind === 'day') part(target, 'day').textContent = chat.calendar.dayName(row.day);
  else if (row.kind === 'event') showNote(target, row.message, row.message.event ? sentenceOf(row.message.event, chat.me.id) : '');
  else if (row.kind === 'recalled') showRecalled(target, row.message);
  else if (row.kind === 'message') showMessage(target, row);
  else if (row.kind === 'post') showPost(target, row);
  return target;
}

/**
 * A row that is no longer being edited shows again what it has.
 * @param {Element} element
 */
export function fillAgain(element) {
  const row = rowOf(element);
  if (!row) return;
  shown.set(element, { row, signature: '' });
  fillRow(element, row);
}

/**
 * @param {HTMLElement} element
 * @param {Message} message
 * @param {string} words
 */
function showNote(element, message, words) {
  element.id = `m-${message.seq}`;
  part(element, 'words').textContent = words;
  element.title = chat.calendar.full(message.posted_at);
}

/**
 * @param {HTMLElement} element
 * @param {Message} message
 */
function showRecalled(element, message) {
  showNote(element, message, sentenceOfRecall(message, chat.me.id, calledIn(message)));
  part(element, 'again').hidden = !chat.recalledWords(message);
}

/**
 * @param {HTMLElement} element
 * @param {Row & {kind: 'message'}} row
 */
function showMessage(element, { message, isOwn, isNext }) {
  const sender = message.sender && chat.people.now(message.sender);
  element.id = `m-${message.seq}`;
  element.dataset.seq = String(message.seq);
  dress(element, { isOwn, isNext, state: '' });
  const time = chat.calendar.time(message.posted_at);
  const full = chat.calendar.full(message.posted_at);
  element.setAttribute('aria-label', `${isOwn ? gettext('You') : (sender?.name ?? '')}, ${full}`);
  if (!isOwn && sender) {
    showPerson(part(element, 'avatar'), sender);
    part(element, 'name').textContent = sender.name;
    showTime(part(element, 'time'), message.posted_at, time, full);
  }
  showTime(part(element, 'edge-time'), message.posted_at, time, full);
  const bubble = part(element, 'bubble');
  showSanitised(bubble, message.html);
  if (message.edited_at) markEdited(bubble, message.edited_at);
}

/**
 * @param {HTMLElement} element
 * @param {Row & {kind: 'post'}} row
 */
function showPost(element, { post, isNext }) {
  dress(element, { isOwn: true, isNext, state: post.state });
  const moment = new Date(post.createdAt).toISOString();
  element.setAttribute('aria-label', gettext('You'));
  showTime(part(element, 'edge-time'), moment, chat.calendar.time(moment), chat.calendar.full(moment));
  showPlain(part(element, 'bubble'), post.text);
  part(element, 'fault-words').textContent = post.state === 'failed' ? sentenceOfFailure(post.reason) : '';
}

/**
 * @param {HTMLElement} element
 * @param {{isOwn: boolean, isNext: boolean, state: ''|'pending'|'failed'}} how
 */
function dress(element, { isOwn, isNext, state }) {
  element.classList.toggle('message--own', isOwn);
  element.classList.toggle('message--next', isNext);
  element.classList.toggle('message--pending', state === 'pending');
  element.classList.toggle('message--failed', state === 'failed');
  part(element, 'avatar').hidden = isOwn || isNext;
  part(element, 'by').hidden = isOwn || isNext;
  part(element, 'edge-time').hidden = isOwn || !isNext;
  part(element, 'wait').hidden = state !== 'pending';
  part(element, 'fault').hidden = state !== 'failed';
}

/**
 * @param {HTMLElement} element
 * @param {string} iso
 * @param {string} words
 * @param {string} full
 */
function showTime(element, iso, words, full) {
  element.setAttribute('datetime', iso);
  element.textContent = words;
  element.title = full;
}

/**
 * What one has typed, until the server's rendering takes its place: paragraphs and lines as there, so that the row
 * keeps its height.
 * @param {HTMLElement} bubble
 * @param {string} text
 */
function showPlain(bubble, text) {
  const paragraphs = text.trim().split(/\n\s*\n/).map((words) => {
    const paragraph = document.createElement('p');
    words.split('\n').forEach((line, number) => {
      if (number) paragraph.append(document.createElement('br'));
      paragraph.append(line);
    });
    return paragraph;
  });
  bubble.replaceChildren(...paragraphs);
}

/**
 * @param {HTMLElement} bubble
 * @param {string} editedAt
 */
function markEdited(bubble, editedAt) {
  const mark = document.createElement('span');
  mark.className = 'edited';
  mark.textContent = gettext('edited');
  mark.title = chat.calendar.full(editedAt);
  const last = bubble.lastElementChild;
  (last instanceof HTMLParagraphElement ? last : bubble).append(' ', mark);
}
