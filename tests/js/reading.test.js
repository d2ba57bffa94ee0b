import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';

import { Problem, Unreachable } from '../../static/js/api.js';
import { Markers } from '../../static/js/chat/markers.js';
import { Ranges } from '../../static/js/chat/ranges.js';
import { membership, settle } from './cast.js';

describe('ranges', () => {
  test('neighbours grow together', () => {
    const ranges = new Ranges();
    for (const seq of [5, 7, 6, 1, 10, 9]) ranges.add(seq);
    assert.deepEqual(ranges.toArray(), [[1, 1], [5, 7], [9, 10]]);
    ranges.add(8);
    assert.deepEqual(ranges.toArray(), [[1, 1], [5, 10]]);
    assert.equal(ranges.has(8), true);
    assert.equal(ranges.has(4), false);
  });

  test('a range swallows what it covers', () => {
    const ranges = new Ranges([[2, 3], [6, 7], [12, 13]]);
    ranges.add(1, 10);
    assert.deepEqual(ranges.toArray(), [[1, 10], [12, 13]]);
  });
});

describe('markers', () => {
  let sent;
  let mine;
  let failure;
  let markers;
  const tick = async (milliseconds) => {
    mock.timers.tick(milliseconds);
    await settle();
  };

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    sent = [];
    failure = null;
    mine = membership({ read_seq: 3, read_ranges: [[8, 9]], seen_seq: 5 });
    const send = (kind) => async (conversation, value) => {
      sent.push([kind, conversation, value]);
      if (failure) throw failure;
    };
    markers = new Markers({ membershipOf: () => mine, read: send('read'), see: send('see') });
  });
  afterEach(() => mock.timers.reset());

  test('rows that appear together leave together', async () => {
    for (const seq of [4, 5, 6, 12]) markers.displayed(7, seq);
    await tick(100);
    assert.deepEqual(sent, [['read', 7, [[4, 6], [12, 12]]]]);
  });

  test('what the server knows is not reported', async () => {
    for (const seq of [1, 3, 8, 9]) markers.displayed(7, seq);
    await tick(5_000);
    assert.deepEqual(sent, []);
  });

  test('what was skipped is not claimed', async () => {
    markers.displayed(7, 4);
    markers.displayed(7, 400);
    await tick(100);
    assert.deepEqual(sent[0][2], [[4, 4], [400, 400]]);
  });

  test('at most one request a second', async () => {
    markers.displayed(7, 10);
    await tick(100);
    markers.displayed(7, 11);
    await tick(500);
    markers.displayed(7, 12);
    assert.equal(sent.length, 1);
    await tick(500);
    assert.deepEqual(sent[1][2], [[11, 12]]);
  });

  test('what was reported is not reported twice', async () => {
    markers.displayed(7, 10);
    await tick(2_000);
    markers.displayed(7, 10);
    await tick(2_000);
    assert.equal(sent.length, 1);
  });

  test('the badge moves to the end once', async () => {
    markers.reachedEnd(7, 5);
    markers.reachedEnd(7, 20);
    markers.reachedEnd(7, 21);
    await tick(2_000);
    assert.deepEqual(sent, [['see', 7, 21]]);
  });

  test('marked as unread, it does not move to the end afterwards', async () => {
    markers.reachedEnd(7, 20);
    markers.keepUnread(7);
    await tick(2_000);
    assert.deepEqual(sent, []);
  });

  test('what was marked unread stays so until one goes elsewhere', () => {
    assert.equal(markers.isKeptUnread(7), false);
    markers.keepUnread(7);
    assert.equal(markers.isKeptUnread(7), true);
    assert.equal(markers.isKeptUnread(8), false);
    markers.opened();
    assert.equal(markers.isKeptUnread(7), false);
  });

  test('without a network it is reported later', async () => {
    failure = new Unreachable();
    markers.displayed(7, 10);
    markers.reachedEnd(7, 10);
    await tick(100);
    failure = null;
    markers.displayed(7, 11);
    await tick(5_000);
    assert.deepEqual(sent.slice(2), [['read', 7, [[10, 11]]], ['see', 7, 10]]);
  });

  test('a refusal is not repeated', async () => {
    failure = new Problem({ status: 404 });
    markers.displayed(7, 10);
    await tick(20_000);
    assert.equal(sent.length, 1);
  });
});
