import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { Unreachable } from '../../static/js/api.js';
import { People } from '../../static/js/chat/people.js';
import { lin, settle, wei, zhao } from './cast.js';

let asked;
let answers;
let people;
let changes;

beforeEach(() => {
  asked = [];
  answers = {};
  changes = 0;
  const api = {
    async get(path, query) {
      asked.push(query ? [path, query] : path);
      if (!answers[path]) throw new Unreachable();
      return answers[path];
    },
  };
  people = new People({ api, me: lin.id });
  people.addEventListener('change', () => (changes += 1));
});

describe('a name', () => {
  test('is known of whoever was met', () => {
    people.meet(wei);
    people.meet(null);
    assert.equal(people.nameOf(wei.id), '魏然');
    assert.deepEqual(asked, []);
  });

  test('is asked for once, and told when it is known', async () => {
    answers['members/3'] = zhao;
    assert.equal(people.nameOf(zhao.id), '');
    assert.equal(people.nameOf(zhao.id), '');
    await settle();
    assert.equal(people.nameOf(zhao.id), '赵明远');
    assert.deepEqual(asked, ['members/3']);
    assert.equal(changes, 1);
  });

  test('that nobody answers for stays empty', async () => {
    people.nameOf(zhao.id);
    await settle();
    assert.equal(people.nameOf(zhao.id), '');
  });

  test('that changed in the directory is not overwritten by an older message', () => {
    people.change({ ...wei, name: '魏然然' });
    people.meet(wei);
    assert.equal(people.nameOf(wei.id), '魏然然');
    assert.equal(people.now(wei).name, '魏然然');
    assert.equal(people.now(zhao), zhao);
    assert.equal(changes, 1);
  });
});

test('colleagues are found page by page, without oneself and those who left', async () => {
  const gone = { ...zhao, is_active: false };
  answers.members = { results: [lin, wei].map((one) => ({ ...one, is_active: true })).concat(gone), next: 'more' };
  const { people: found, next } = await people.find('wr');
  assert.deepEqual(found.map(({ id }) => id), [wei.id]);
  assert.equal(next, 'more');
  await people.find('', 'more');
  assert.deepEqual(asked.map(([, { q, cursor }]) => [q, cursor]), [['wr', null], [null, 'more']]);
});
