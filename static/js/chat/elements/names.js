/** How people and conversations are called now: what came along with a message may be older than the directory. */

import { chat } from '../session.js';
import { titleOf } from '../wording.js';

/** @import {Conversation, Message} from '../types.js' */

/**
 * How the sender of a message, and who recalled it, are called now.
 * @param {Message|null} message
 */
export function calledIn(message) {
  const sender = message?.sender;
  const by = message?.recalled_by;
  return {
    name: sender ? chat.people.now(sender).name : '',
    by: by && by !== sender?.id && by !== chat.me.id ? chat.people.nameOf(by) : '',
  };
}

/** @param {Conversation} conversation */
export function titleNow(conversation) {
  return titleOf(conversation, chat.me.id, (person) => chat.people.now(person));
}
