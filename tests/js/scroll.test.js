import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { MOST_ROWS, anchorAmong, isAtEnd, rowsToKeep, sideToFill } from '../../static/js/chat/scroll.js';

describe('the anchor', () => {
  const view = { top: 100, bottom: 500 };

  test('is the first row wholly in view', () => {
    assert.equal(anchorAmong([{ top: 0, bottom: 90 }, { top: 90, bottom: 140 }, { top: 140, bottom: 200 }], view), 2);
  });

  test('is a row in view, if none is so wholly', () => {
    assert.equal(anchorAmong([{ top: 0, bottom: 90 }, { top: 90, bottom: 900 }], view), 1);
  });

  test('is none of nothing', () => {
    assert.equal(anchorAmong([], view), -1);
  });
});

describe('rows to keep', () => {
  test('all, while they are not too many', () => {
    assert.equal(rowsToKeep(MOST_ROWS, { first: 0, last: 9, direction: 'before' }), null);
  });

  test('towards the past, those at the end go', () => {
    assert.deepEqual(rowsToKeep(460, { first: 60, last: 70, direction: 'before' }), { from: 0, to: MOST_ROWS - 1 });
  });

  test('towards the present, those at the beginning go', () => {
    assert.deepEqual(rowsToKeep(460, { first: 390, last: 400, direction: 'after' }), { from: 60, to: 459 });
  });

  test('never those in view', () => {
    assert.deepEqual(rowsToKeep(460, { first: 430, last: 440, direction: 'before' }), null);
    assert.deepEqual(rowsToKeep(460, { first: 20, last: 30, direction: 'after' }), null);
  });
});

describe('more rows', () => {
  const both = { hasBefore: true, hasAfter: true };

  test('are asked for two screens ahead', () => {
    assert.equal(sideToFill({ above: 1500, below: 9000, height: 600 }, both), null);
    assert.equal(sideToFill({ above: 1100, below: 9000, height: 600 }, both), 'before');
    assert.equal(sideToFill({ above: 9000, below: 1100, height: 600 }, both), 'after');
  });

  test('first on the nearer side', () => {
    assert.equal(sideToFill({ above: 300, below: 100, height: 600 }, both), 'after');
    assert.equal(sideToFill({ above: 100, below: 300, height: 600 }, both), 'before');
  });

  test('not where there are none', () => {
    assert.equal(sideToFill({ above: 0, below: 0, height: 600 }, { hasBefore: false, hasAfter: false }), null);
    assert.equal(sideToFill({ above: 0, below: 0, height: 600 }, { hasBefore: true, hasAfter: false }), 'before');
  });
});

test('a little above the end one still reads along', () => {
  assert.equal(isAtEnd(0), true);
  assert.equal(isAtEnd(40), true);
  assert.equal(isAtEnd(200), false);
});
