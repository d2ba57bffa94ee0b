import assert from 'node:assert/strict';
import test from 'node:test';

import { beside } from '../../static/js/app/place.js';

const screen = { width: 1000, height: 800 };
const menu = { width: 200, height: 300 };

/** @param {number} left @param {number} top */
const button = (left, top) => ({ left, top, right: left + 32, bottom: top + 32 });

test('a menu hangs under its button, end edge on end edge', () => {
  assert.deepEqual(beside(button(500, 100), menu, screen), { left: 332, top: 136 });
});

test('without room below it stands above', () => {
  assert.deepEqual(beside(button(500, 700), menu, screen), { left: 332, top: 396 });
});

test('at the window’s edge it stays inside', () => {
  assert.equal(beside(button(0, 100), menu, screen).left, 8);
  assert.equal(beside(button(960, 100), menu, screen, { align: 'start' }).left, 792);
});

test('a box that is higher than the window begins at its top', () => {
  assert.equal(beside(button(500, 400), { width: 200, height: 900 }, screen).top, 8);
});
