/** Counting without asking: list items, frames and pages in any order, through the store that hands them on. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Store } from '../../static/js/chat/store.js';
import { edited, frame, isRecalled, item, lin, membership, message, page, posted, recalled } from './cast.js';

let store;
let doubts;
const unread = () => store.get(7).unread.count;

beforeEach(() => {
  doubts = [];
  store = new Store({ me: lin.id, epoch: 1 });
  store.addEventListener('doubt', (event) => doubts.push(event.detail.conversation));
  store.putItem(item(10, { unread: 2 }));
});

test('a new message of another person raises it', () => {
  store.applyFrame(frame(11, [posted(message(11))]));
  assert.equal(unread(), 3);
});

test('an edit does not', () => {
  store.applyFrame(frame(11, [edited(message(10, { version: 11 }))]));
  assert.equal(unread(), 2);
});

test('a system message does not', () => {
  store.applyFrame(frame(11, [posted(message(11, { kind: 'system', sender: null }))]));
  assert.equal(unread(), 2);
});

test('posting oneself has seen everything', () => {
  store.applyFrame(frame(11, [posted(message(11, { by: lin }))]));
  assert.equal(unread(), 0);
  assert.equal(store.get(7).membership.seen_seq, 11);
});

test('a message that was recalled before it arrived does not count, and its recall does not either', () => {
  store.applyFrame(frame(11, [posted(recalled(11, 11))]));
  store.applyFrame(frame(12, [isRecalled(recalled(11, 12))]));
  assert.equal(unread(), 2);
});

test('a recall of an unseen message lowers it', () => {
  store.applyFrame(frame(11, [isRecalled(recalled(10, 11))]));
  assert.equal(unread(), 1);
});

test('a recall of a seen message does not', () => {
  store.applyPage(7, page(1, 10, 10), { kind: 'newest' });
  store.applyFrame(frame(11, [isRecalled(recalled(8, 11))]));
  assert.equal(unread(), 2);
});

test('a recall of an unseen message that is not held is a doubt', () => {
  store.applyFrame(frame(11, [isRecalled(recalled(9, 11))]));
  assert.deepEqual(doubts, [7]);
  assert.equal(unread(), 2);
});

test('changes that a list item has counted already are not counted again', () => {
  store.applyPage(7, page(1, 10, 10), { kind: 'newest' });
  store.putItem(item(12, { unread: 4 }));
  assert.equal(store.streams.version('conversation:7'), 10, 'a window is not overtaken by its row');
  store.applyFrame(frame(12, [posted(message(11)), posted(message(12))]));
  assert.equal(unread(), 4);
  store.applyFrame(frame(13, [posted(message(13))]));
  assert.equal(unread(), 5);
});

test('a late list item is refused', () => {
  store.applyFrame(frame(11, [posted(message(11))]));
  assert.equal(store.putItem(item(10, { unread: 0 })), false);
  assert.equal(unread(), 3);
});

test('seen elsewhere up to the head clears it', () => {
  store.applyMembership(membership({ seen_seq: 10, version: 2 }));
  assert.equal(unread(), 0);
});

test('seen elsewhere beyond the head known here: what then arrives is not new', () => {
  store.applyMembership(membership({ seen_seq: 11, version: 2 }));
  store.applyFrame(frame(11, [posted(message(11))]));
  assert.equal(unread(), 0);
});

test('marked unread is counted from the rows held', () => {
  store.applyPage(7, page(1, 10, 10), { kind: 'newest' });
  store.applyMembership(membership({ seen_seq: 6, unread: 99, version: 2 }));
  assert.equal(unread(), 4);
});

test('marked unread beyond the rows held is taken from the server, and asked for', () => {
  store.applyMembership(membership({ seen_seq: 3, unread: 7, version: 2 }));
  assert.equal(unread(), 7);
  assert.deepEqual(doubts, [7]);
});

test('muting changes no number', () => {
  store.applyMembership(membership({ seen_seq: 8, is_muted: true, unread: 0, version: 2 }));
  assert.equal(unread(), 2);
  assert.equal(store.unread(), 0, 'but muted conversations do not count in the title');
});

test('an older membership does not come back', () => {
  store.applyMembership(membership({ seen_seq: 10, version: 3 }));
  store.applyMembership(membership({ seen_seq: 8, unread: 2, version: 2 }));
  assert.equal(unread(), 0);
});
