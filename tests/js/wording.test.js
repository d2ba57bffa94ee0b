import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Calendar } from '../../static/js/chat/calendar.js';
import { canEdit, canRecall, canRemove } from '../../static/js/chat/permissions.js';
import {
  badgeOf,
  names,
  otherOf,
  previewOf,
  sentenceOf,
  sentenceOfFailure,
  sentenceOfRecall,
  sentenceOfTyping,
  titleOf,
  wordsIn,
} from '../../static/js/chat/wording.js';
import { conversation, lin, membership, message, recalled, wei, zhao } from './cast.js';

describe('the calendar', () => {
  const now = new Date('2026-11-20T09:00:00Z');
  const hangzhou = new Calendar({ language: 'en', timeZone: 'Asia/Shanghai' });
  const stockholm = new Calendar({ language: 'en', timeZone: 'Europe/Stockholm' });

  test('reads moments in the zone of the reader', () => {
    assert.equal(hangzhou.time('2026-11-20T16:30:00Z'), '00:30');
    assert.equal(stockholm.time('2026-11-20T16:30:00Z'), '17:30');
    assert.equal(hangzhou.day('2026-11-20T16:30:00Z'), '2026-11-21');
    assert.equal(stockholm.day('2026-11-20T16:30:00Z'), '2026-11-20');
  });

  test('names days as people do', () => {
    assert.equal(hangzhou.dayName('2026-11-20T01:00:00Z', now), 'Today · Friday, November 20');
    assert.equal(hangzhou.dayName('2026-11-19T01:00:00Z', now), 'Yesterday · Thursday, November 19');
    assert.equal(hangzhou.dayName('2026-11-03T01:00:00Z', now), 'Tuesday, November 3');
    assert.equal(hangzhou.dayName('2025-11-03T01:00:00Z', now), 'Nov 3, 2025');
  });

  test('is as short as it stays clear', () => {
    assert.equal(hangzhou.brief('2026-11-20T01:05:00Z', now), '09:05');
    assert.equal(hangzhou.brief('2026-11-18T01:05:00Z', now), 'Wed');
    assert.equal(hangzhou.brief('2026-11-03T01:05:00Z', now), 'Nov 3');
    assert.equal(hangzhou.brief('2025-11-03T01:05:00Z', now), 'Nov 3, 2025');
  });

  test('a clock that runs behind makes no future', () => {
    assert.equal(hangzhou.brief('2026-11-20T09:05:00Z', now), '17:05');
  });
});

describe('sentences', () => {
  const me = lin.id;
  const said = (kind, rest = {}) => sentenceOf({ kind, by: zhao, people: [wei], ...rest }, me);

  test('of what happened in a group', () => {
    assert.equal(said('participants.added'), '赵明远 added 魏然');
    assert.equal(said('participants.added', { by: lin }), 'You added 魏然');
    assert.equal(said('participants.added', { people: [lin, wei] }), '赵明远 added you, 魏然');
    assert.equal(said('participant.removed'), '赵明远 removed 魏然');
    assert.equal(said('participant.left'), '赵明远 left');
    assert.equal(said('conversation.renamed', { name: '2.0' }), '赵明远 named the group “2.0”');
    assert.equal(said('role.changed', { role: 'admin' }), '魏然 is now an administrator');
    assert.equal(said('role.changed', { role: 'owner', people: [lin] }), '赵明远 handed the group over to you');
    assert.equal(said('history.switched', { history_mode: 'join' }), '赵明远 limited newcomers to what comes after they join');
  });

  test('of what this page does not know yet', () => {
    assert.equal(said('retention.changed'), '赵明远 changed the group');
  });

  test('of many people', () => {
    const many = Array.from({ length: 6 }, (_, id) => ({ ...wei, id: 10 + id, name: `p${id}` }));
    assert.equal(names(many, me), 'p0, p1 and 4 more');
    assert.equal(names(many.slice(0, 3), me), 'p0, p1, p2');
  });

  test('of typing', () => {
    assert.equal(sentenceOfTyping([]), '');
    assert.equal(sentenceOfTyping(['魏然']), '魏然 is typing');
    assert.equal(sentenceOfTyping(['魏然', '赵明远']), '魏然 and 赵明远 are typing');
    assert.equal(sentenceOfTyping(['a', 'b', 'c']), '3 people are typing');
  });

  test('of what was taken back, by whom', () => {
    const of = (by, recalledBy, called = '') =>
      sentenceOfRecall(recalled(1, 2, { by, recalled_by: recalledBy.id }), me, { name: by.name, by: called });
    assert.equal(of(lin, lin), 'You recalled a message');
    assert.equal(of(wei, wei), '魏然 recalled a message');
    assert.equal(of(wei, lin), 'You recalled a message of 魏然');
    assert.equal(of(wei, zhao, '赵明远'), '赵明远 recalled a message of 魏然');
    assert.equal(of(lin, zhao, '赵明远'), '赵明远 recalled your message');
    assert.equal(of(lin, zhao), 'An administrator recalled your message', 'until the name is known');
  });

  test('of failures', () => {
    assert.equal(sentenceOfFailure('gone'), 'Not sent: you are no longer in this conversation');
    assert.equal(sentenceOfFailure('This is too long.'), 'Not sent: This is too long.');
    assert.equal(sentenceOfFailure(''), 'Not sent');
  });
});

describe('rows of the list', () => {
  const of = (one, rest = {}) => previewOf(one, { me: lin.id, isGroup: true, called: { name: '魏然', by: '' }, ...rest });

  test('say who and what', () => {
    assert.equal(of(message(1, { text: 'one\n\n two', html: '<p>one</p><p> two</p>' })), '魏然: one two');
    assert.equal(of(message(1, { text: 'one' }), { isGroup: false }), 'one');
    assert.equal(of(message(1, { by: lin, text: 'one' })), 'You: one');
    assert.equal(of(recalled(1, 2)), '魏然 recalled a message');
    assert.equal(of(null), '');
  });

  test('show words without how they look', () => {
    const looks =
      '<p>a <strong>bold</strong>, <em>em</em><s>ph</s>asis, <code>snake_case &lt;b&gt; &amp;amp;</code><br>and ' +
      '<a href="https://lakeside.example/wiki" rel="noopener noreferrer nofollow">the wiki</a></p>\n' +
      '<ul>\n<li>one</li><li>two</li>\n</ul>';
    assert.equal(wordsIn(looks), 'a bold, emphasis, snake_case <b> &amp; and the wiki one two');
    assert.equal(wordsIn('<p>2 * 3 * 4 &lt; 25</p>'), '2 * 3 * 4 < 25');
    assert.equal(of(message(1, { text: '**soon**', html: '<p><strong>soon</strong></p>' })), '魏然: soon');
  });

  test('are called by the other person, or by their name', () => {
    const direct = conversation(1, { kind: 'direct', name: null, people: [lin, wei] });
    assert.equal(otherOf(direct, lin.id), wei);
    assert.equal(titleOf(direct, lin.id), '魏然');
    assert.equal(titleOf(direct, lin.id, (person) => ({ ...person, name: '魏然然' })), '魏然然');
    assert.equal(titleOf(conversation(1), lin.id), '产品研发部');
  });

  test('count to 99', () => {
    assert.deepEqual([1, 99, 100].map(badgeOf), ['1', '99', '99+']);
  });
});

describe('what is offered', () => {
  const now = new Date().toISOString();
  const old = new Date(Date.now() - 25 * 3_600_000).toISOString();
  const entry = (role) => ({ conversation: conversation(1), membership: membership({ role }) });
  const own = (posted_at) => message(1, { by: lin, posted_at });

  test('one’s own words for a day', () => {
    assert.equal(canEdit(own(now), lin.id), true);
    assert.equal(canEdit(own(old), lin.id), false);
    assert.equal(canEdit(message(1, { posted_at: now }), lin.id), false);
    assert.equal(canRecall(own(now), entry('member'), lin.id), true);
    assert.equal(canRecall(own(old), entry('member'), lin.id), false);
  });

  test('others’ words to who looks after the group', () => {
    assert.equal(canRecall(message(1, { posted_at: old }), entry('member'), lin.id), false);
    assert.equal(canRecall(message(1, { posted_at: old }), entry('admin'), lin.id), true);
  });

  test('people below one’s own role', () => {
    const seat = (person, role) => ({ person, role });
    assert.equal(canRemove(entry('owner'), seat(wei, 'admin'), lin.id), true);
    assert.equal(canRemove(entry('admin'), seat(wei, 'admin'), lin.id), false);
    assert.equal(canRemove(entry('admin'), seat(wei, 'member'), lin.id), true);
    assert.equal(canRemove(entry('owner'), seat(lin, 'owner'), lin.id), false);
    assert.equal(canRemove(entry('member'), seat(wei, 'member'), lin.id), false);
  });
});
