/** @import {Message} from './types.js' */
/** @import {Post} from './outgoing.js' */

/** Messages of one person within this time stand together. */
const TOGETHER = 5 * 60_000;

/**
 * @typedef {{kind: 'day', key: string, day: string}
 *   | {kind: 'waterline', key: string}
 *   | {kind: 'event', key: string, message: Message}
 *   | {kind: 'recalled', key: string, message: Message, isOwn: boolean}
 *   | {kind: 'message', key: string, message: Message, isOwn: boolean, isNext: boolean}
 *   | {kind: 'post', key: string, post: Post, isOwn: true, isNext: boolean}} Row
 */

/**
 * The rows of a conversation: messages, then what is on its way, with a divider for each day and the waterline
 * before the first message that was new when the conversation was opened. A post and the message that it becomes
 * have the same key, so that the row stays where and what it is.
 *
 * @param {Message[]} messages ascending
 * @param {Post[]} posts in the order in which they leave
 * @param {{me: number, waterline: number|null, dayOf: (iso: string) => string}} options `waterline`: the last seq that
 *   had been seen; `dayOf`: the viewer's calendar day of a moment
 * @returns {Row[]}
 */
export function rowsOf(messages, posts, { me, waterline, dayOf }) {
  /** @type {Row[]} */
  const rows = [];
  let day = '';
  let isWaterlineDue = waterline !== null;
  /** @type {{sender: number, at: number}|null} */
  let last = null;
  for (const message of messages) {
    const today = dayOf(message.posted_at);
    if (today !== day) {
      day = today;
      rows.push({ kind: 'day', key: `day:${day}`, day: message.posted_at });
      last = null;
    }
    const isOwn = message.sender?.id === me;
    const key = rowKey(message, me);
    if (message.kind === 'system') {
      rows.push({ kind: 'event', key, message });
      last = null;
      continue;
    }
    if (isWaterlineDue && message.seq > /** @type {number} */ (waterline) && !isOwn && !message.recalled_at) {
      isWaterlineDue = false;
      rows.push({ kind: 'waterline', key: 'waterline' });
      last = null;
    }
    if (message.recalled_at) {
      rows.push({ kind: 'recalled', key, message, isOwn });
      last = null;
      continue;
    }
    const at = Date.parse(message.posted_at);
    const sender = message.sender?.id ?? 0;
    const isNext = last !== null && last.sender === sender && at - last.at < TOGETHER;
    rows.push({ kind: 'message', key, message, isOwn, isNext });
    last = { sender, at };
  }
  const delivered = new Set(messages.map((message) => (message.sender?.id === me ? message.key : null)));
  for (const post of posts) {
    if (delivered.has(post.key)) continue;
    const moment = new Date(post.createdAt).toISOString();
    const today = dayOf(moment);
    if (today > day) {
      day = today;
      rows.push({ kind: 'day', key: `day:${day}`, day: moment });
      last = null;
    }
    const isNext = last !== null && last.sender === me && post.createdAt - last.at < TOGETHER;
    rows.push({ kind: 'post', key: post.key, post, isOwn: true, isNext });
    last = { sender: me, at: post.createdAt };
  }
  return rows;
}

/**
 * @param {Message} message
 * @param {number} me
 * @returns {string} what names the row, before and after it was delivered
 */
export function rowKey(message, me) {
  return message.sender?.id === me && message.key ? message.key : `message:${message.id}`;
}

/**
 * What decides whether a row must be rendered again.
 * @param {Row} row
 * @returns {string}
 */
export function signatureOf(row) {
  switch (row.kind) {
    case 'message':
      return `message ${row.message.version} ${row.isNext}`;
    case 'post':
      return `post ${row.post.state} ${row.post.reason} ${row.isNext}`;
    case 'event':
    case 'recalled':
      return `${row.kind} ${row.message.version}`;
    default:
      return row.kind;
  }
}
