import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { Streams, conversationOf } from '../../static/js/chat/streams.js';
import { frame } from './cast.js';

let streams;

beforeEach(() => {
  streams = new Streams({ epoch: 1, cursors: { 'member:1': 'e1~4' } });
  streams.hold('conversation:7', 'e1.g1~10');
});

describe('a frame', () => {
  const of = (to, rest) => frame(to, [{}], rest);

  test('is the next, held already, or beyond what is held', () => {
    assert.equal(streams.placeOf(of(11)), 'next');
    assert.equal(streams.placeOf(of(10)), 'past');
    assert.equal(streams.placeOf(of(13)), 'gap');
  });

  test('of another epoch is a gap, even if its numbers fit', () => {
    assert.equal(streams.placeOf(of(11, { epoch: 2 })), 'gap');
  });

  test('that says reset is a gap', () => {
    assert.equal(streams.placeOf(of(11, { reset: true })), 'gap');
  });

  test('of a stream that is not held is unknown', () => {
    assert.equal(streams.placeOf(of(3, { stream: 'conversation:9' })), 'unknown');
  });

  test('that was applied moves the version and keeps the opaque part', () => {
    streams.hold('conversation:7', 'e1.g1~9');
    streams.advance('conversation:7', 10);
    assert.equal(streams.cursors.get('conversation:7'), 'e1.g1~10');
  });
});

describe('a cursor', () => {
  test('is compared by its number', () => {
    streams.hold('conversation:7', 'e1.g1~9');
    assert.equal(streams.lead('conversation:7', 'e1.g1~10'), -1);
    assert.equal(streams.lead('conversation:7', 'e1.g1~7'), 2);
    assert.equal(streams.lead('conversation:9', 'e1.g1~0'), -Infinity);
  });

  test('of another epoch or visibility is of another kind', () => {
    assert.equal(streams.isOfOneKind('conversation:7', 'e1.g1~3'), true);
    assert.equal(streams.isOfOneKind('conversation:7', 'e1.g2~10'), false);
    assert.equal(streams.isOfOneKind('conversation:9', 'e1.g2~10'), true, 'with nothing held any will do');
  });
});

describe('heads', () => {
  test('a stream is behind where the server is ahead; an older head was overtaken on its way', () => {
    assert.deepEqual(streams.behind({ 'conversation:7': 10, 'member:1': 4 }), []);
    assert.deepEqual(streams.behind({ 'conversation:7': 11, 'member:1': 4 }), ['conversation:7']);
    assert.deepEqual(streams.behind({ 'conversation:7': 9, 'member:1': 4 }), []);
    assert.deepEqual(streams.behind({ 'conversation:8': 1 }), ['conversation:8']);
  });

  test('another epoch voids every version, until the server has answered again', () => {
    streams.enterEpoch(1);
    assert.deepEqual(streams.behind({ 'conversation:7': 10, 'member:1': 4 }), []);
    streams.enterEpoch(2);
    assert.deepEqual(streams.behind({ 'conversation:7': 10, 'member:1': 4 }), ['conversation:7', 'member:1']);
    streams.hold('conversation:7', 'e2.g1~3');
    assert.equal(streams.isVoid('conversation:7'), false);
    assert.deepEqual(streams.behind({ 'conversation:7': 3 }), []);
  });

  test('the checksum counts streams that are not held yet', () => {
    streams.note('conversation:8', 5);
    assert.equal(streams.agrees({ count: 3, sum: 19 }), true);
    assert.equal(streams.agrees({ count: 3, sum: 20 }), false);
    assert.equal(streams.agrees({ count: 2, sum: 19 }), false);
  });

  test('a stream that was asked for and not listed is not asked for again until it moves', () => {
    streams.note('conversation:8', 5);
    assert.deepEqual(streams.behind({ 'conversation:8': 5 }), []);
    assert.deepEqual(streams.behind({ 'conversation:8': 6 }), ['conversation:8']);
    streams.enterEpoch(2);
    assert.deepEqual(streams.behind({ 'conversation:8': 1 }), ['conversation:8'], 'nor does it count after a restore');
  });

  test('of what is not held, only what the server names stays', () => {
    streams.note('conversation:8', 5);
    streams.note('conversation:9', 2);
    streams.forgetBut({ 'conversation:9': 2, 'conversation:7': 3 });
    assert.equal(streams.version('conversation:8'), null);
    assert.equal(streams.version('conversation:9'), 2);
    assert.notEqual(streams.version('conversation:7'), null, 'what is held is not touched');
  });

  test('a stream that is followed no more counts no more', () => {
    streams.drop('conversation:7');
    assert.equal(streams.version('conversation:7'), null);
    assert.equal(streams.agrees({ count: 1, sum: 4 }), true);
  });
});

test('a stream tells whose it is', () => {
  assert.equal(conversationOf('conversation:7'), 7);
  assert.equal(conversationOf('member:7'), null);
});
