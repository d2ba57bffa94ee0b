import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { Store } from '../../static/js/chat/store.js';
import { conversation, edited, frame, isRecalled, item, lin, membership, message, page, posted, recalled, wei } from './cast.js';

let store;
const texts = () => store.get(7).window.messages.map(({ text }) => text);
const seqs = () => store.get(7).window.messages.map(({ seq }) => seq);

beforeEach(() => {
  store = new Store({ me: lin.id, epoch: 1 });
});

describe('frames', () => {
  beforeEach(() => store.putItem(item(10)));

  test('a frame that joins the cursor is applied and moves it', () => {
    assert.equal(store.applyFrame(frame(11, [posted(message(11))])), 'applied');
    assert.equal(store.streams.version('conversation:7'), 11);
    assert.equal(store.get(7).lastMessage.seq, 11);
  });

  test('a frame that was applied before changes nothing', () => {
    store.applyFrame(frame(11, [posted(message(11))]));
    assert.equal(store.applyFrame(frame(11, [posted(message(11))])), 'past');
    assert.equal(store.get(7).unread.count, 1);
  });

  test('a frame beyond the cursor is a gap and changes nothing', () => {
    assert.equal(store.applyFrame(frame(13, [posted(message(13))])), 'gap');
    assert.equal(store.streams.version('conversation:7'), 10);
    assert.equal(store.get(7).lastMessage.seq, 10);
  });

  test('a conversation that is not held is unknown', () => {
    assert.equal(store.applyFrame(frame(3, [], { stream: 'conversation:9' })), 'unknown');
  });

  test('the opaque part of the cursor is kept', () => {
    store.applyFrame(frame(11, [posted(message(11))]));
    assert.equal(store.streams.cursors.get('conversation:7'), 'e1.g1~11');
  });

  test('a renamed conversation keeps the head that was counted', () => {
    const renamed = conversation(12, { name: '2.0', version: 11 });
    store.applyFrame(frame(11, [{ kind: 'conversation.renamed', version: 11, object: renamed }]));
    assert.equal(store.get(7).conversation.name, '2.0');
    store.applyFrame(frame(12, [posted(message(11, { version: 12 }))]));
    assert.equal(store.get(7).unread.count, 1);
  });
});

describe('windows', () => {
  beforeEach(() => {
    store.putItem(item(10));
    store.applyPage(7, page(6, 10, 10), { kind: 'newest' });
  });

  test('a new message is added at the head', () => {
    store.applyFrame(frame(11, [posted(message(11))]));
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10, 11]);
  });

  test('an edit below the window is not kept', () => {
    store.applyFrame(frame(11, [edited(message(3, { version: 11 }))]));
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10]);
  });

  test('an older version does not overwrite a newer one', () => {
    store.applyFrame(frame(11, [isRecalled(recalled(8, 11))]));
    store.applyPage(7, page(1, 8, 10), { kind: 'before', seq: 9 });
    assert.equal(texts()[7], '');
  });

  test('earlier history joins below', () => {
    assert.equal(store.applyPage(7, page(1, 5, 10), { kind: 'before', seq: 6 }), 'joined');
    assert.deepEqual(seqs(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.equal(store.get(7).window.hasBefore, false);
  });

  test('a page that a recall overtook asks for a sync from its own version', () => {
    store.applyFrame(frame(11, [isRecalled(recalled(3, 11))]));
    assert.equal(store.applyPage(7, page(1, 5, 10), { kind: 'before', seq: 6 }), 'late');
    assert.equal(texts()[2], 'message 3');
    store.applySync({
      stream: 'conversation:7',
      changes: [isRecalled(recalled(3, 11))],
      cursor: 'e1.g1~11',
      more: false,
      reset: false,
    });
    assert.equal(texts()[2], '');
    assert.equal(store.streams.version('conversation:7'), 11);
  });

  test('a sync from a page does not turn the stream back', () => {
    store.applyFrame(frame(12, [posted(message(11)), posted(message(12))]));
    store.applySync({ stream: 'conversation:7', changes: [posted(message(11))], cursor: 'e1.g1~11', more: true, reset: false });
    assert.equal(store.streams.version('conversation:7'), 12);
    assert.equal(store.get(7).unread.count, 2, 'nor count twice');
  });

  test('a page of another visibility is not mixed in', () => {
    const other = { ...page(1, 5, 10), cursor: 'e1.g2~10' };
    assert.equal(store.applyPage(7, other, { kind: 'before', seq: 6 }), 'foreign');
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10]);
  });

  test('nor is a late answer of another visibility', () => {
    const answer = { stream: 'conversation:7', changes: [posted(message(12))], cursor: 'e1.g2~12', more: false, reset: false };
    assert.equal(store.applySync(answer), false);
    assert.equal(store.streams.version('conversation:7'), 10);
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10]);
  });

  test('a page that no longer joins is thrown away', () => {
    store.keepRows(7, 8, 10);
    assert.equal(store.applyPage(7, page(1, 5, 10), { kind: 'before', seq: 6 }), 'apart');
    assert.deepEqual(seqs(), [8, 9, 10]);
    assert.equal(store.get(7).window.hasBefore, true);
  });

  test('rows let go at the newer end come back by a page, and live ones wait outside', () => {
    store.keepRows(7, 6, 8);
    assert.equal(store.get(7).window.holdsHead, false);
    store.applyFrame(frame(11, [posted(message(11))]));
    assert.deepEqual(seqs(), [6, 7, 8]);
    assert.equal(store.get(7).unread.count, 1);
    store.applyPage(7, page(9, 11, 11), { kind: 'after', seq: 8 });
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10, 11]);
    assert.equal(store.get(7).window.holdsHead, true);
  });

  test('a late newest page keeps what came live meanwhile', () => {
    store.applyFrame(frame(11, [posted(message(11))]));
    store.applyPage(7, page(6, 10, 10), { kind: 'newest' });
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10, 11]);
  });

  test('a reset forgets what was held and stands at the head', () => {
    const resets = [];
    store.addEventListener('reset', () => resets.push(1));
    store.applySync({
      stream: 'conversation:7',
      changes: [posted(message(19)), posted(message(20))].map((change) => ({ ...change, kind: 'snapshot' })),
      cursor: 'e2.g1~4',
      more: false,
      reset: true,
    });
    assert.deepEqual(seqs(), [19, 20]);
    assert.equal(store.streams.cursors.get('conversation:7'), 'e2.g1~4');
    assert.equal(resets.length, 1);
    store.applyFrame(frame(5, [posted(message(21, { version: 5 }))], { epoch: 1 }));
    assert.deepEqual(seqs(), [19, 20, 21]);
  });

  test('history before one joined has holes, and rows join over them', () => {
    store.applyFrame(frame(11, [posted(message(31, { version: 11 }))]));
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10, 31]);
  });

  test('an answer to a post is placed if nothing lies between', () => {
    store.applyAnswer(message(11, { by: lin }));
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10, 11]);
    assert.equal(store.applyFrame(frame(11, [posted(message(11, { by: lin }))])), 'applied');
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10, 11]);
  });

  test('rows that were on their way find their place above the answer to a post', () => {
    store.applyAnswer(message(12, { by: lin }));
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10, 12]);
    store.applyFrame(frame(12, [posted(message(11)), posted(message(12, { by: lin }))]));
    assert.deepEqual(seqs(), [6, 7, 8, 9, 10, 11, 12]);
    assert.equal(store.get(7).unread.count, 0);
  });
});

describe('membership', () => {
  beforeEach(() => store.putItem(item(10)));

  test('an ended one takes the conversation away', () => {
    const removed = [];
    store.addEventListener('removed', (event) => removed.push(event.detail.conversation));
    store.applyMembership(membership({ is_active: false, version: 2 }));
    assert.equal(store.get(7), null);
    assert.equal(store.streams.version('conversation:7'), null);
    assert.deepEqual(removed, [7]);
  });

  test('a started one asks for the list item', () => {
    const doubts = [];
    store.addEventListener('doubt', (event) => doubts.push(event.detail.conversation));
    store.applyMembership(membership({ conversation: 9, version: 2 }));
    assert.deepEqual(doubts, [9]);
  });

  test('a change of participants puts the count in doubt', () => {
    const doubts = [];
    store.addEventListener('doubt', () => doubts.push(1));
    const participant = { type: 'participant', id: 1, conversation: 7, person: lin, role: 'member', is_active: false, version: 11 };
    store.applyFrame(frame(11, [{ kind: 'participant.removed', version: 11, object: participant }]));
    assert.equal(doubts.length, 1);
  });
});

test('another epoch voids what is held: a restored server may stand lower', () => {
  store.putItem(item(10));
  store.streams.enterEpoch(2);
  assert.equal(store.applyFrame(frame(11, [posted(message(11))], { epoch: 2 })), 'gap');
  assert.equal(store.putItem(item(3, { version: 3 })), true);
  assert.equal(store.get(7).lastMessage.seq, 3);
  assert.deepEqual(store.streams.behind({ 'conversation:7': 3 }), []);
});

test('who changed in the directory is told', () => {
  const told = [];
  store.streams.hold('organization:1', 'e1~4');
  store.addEventListener('person', (event) => told.push(event.detail.person.name));
  const renamed = { type: 'member', ...wei, name: '魏然然' };
  store.applyFrame(frame(5, [{ kind: 'member.changed', version: 5, object: renamed }], { stream: 'organization:1' }));
  assert.deepEqual(told, ['魏然然']);
});

test('pinned conversations stand first, then the last active', () => {
  store.putItem(item(10));
  store.putItem(item(30, { id: 8 }));
  store.putItem(item(20, { id: 9, is_pinned: true }));
  assert.deepEqual(store.list().map(({ id }) => id), [9, 8, 7]);
  store.applyFrame(frame(11, [posted(message(45, { version: 11 }))]));
  assert.deepEqual(store.list().map(({ id }) => id), [9, 7, 8]);
});
