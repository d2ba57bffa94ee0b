/** The people and things that the tests tell of: lin, wei and zhao at 湖畔科技. */

export const lin = { id: 1, name: '林溪', initials: '林溪', paint: 5 };
export const wei = { id: 2, name: '魏然', initials: '魏然', paint: 6 };
export const zhao = { id: 3, name: '赵明远', initials: '明远', paint: 7 };

/** 2026-11-20 09:00 UTC, a minute later for every number. */
export const momentOf = (seq) => new Date(Date.UTC(2026, 10, 20, 9, seq)).toISOString();

export const message = (seq, { by = wei, version = seq, text = `message ${seq}`, ...rest } = {}) => ({
  type: 'message',
  id: 1000 + seq,
  key: `key-${seq}`,
  conversation: 7,
  seq,
  version,
  kind: 'text',
  sender: by,
  text,
  html: `<p>${text}</p>`,
  event: null,
  posted_at: momentOf(seq),
  edited_at: null,
  recalled_at: null,
  recalled_by: null,
  ...rest,
});

export const recalled = (seq, version, { by = wei, ...rest } = {}) =>
  message(seq, { by, version, text: '', html: '', recalled_at: momentOf(version), recalled_by: by.id, ...rest });

export const messages = (from, to, rest) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index, rest));

export const conversation = (seq, rest = {}) => ({
  type: 'conversation',
  id: 7,
  kind: 'group',
  name: '产品研发部',
  people: [],
  owner: 3,
  participant_count: 3,
  history_mode: 'all',
  seq,
  version: 1,
  created_by: 3,
  created_at: momentOf(0),
  ...rest,
});

export const membership = (rest = {}) => ({
  type: 'membership',
  conversation: 7,
  is_active: true,
  role: 'member',
  is_muted: false,
  is_pinned: false,
  joined_seq: 0,
  seen_seq: 0,
  read_seq: 0,
  read_ranges: [],
  unread: 0,
  version: 1,
  ...rest,
});

export const item = (seq, { unread = 0, seen = seq - unread, version = seq, id = 7, ...rest } = {}) => ({
  conversation: conversation(seq, { id }),
  membership: membership({ conversation: id, seen_seq: seen, unread, ...rest }),
  last_message: seq ? message(seq, { conversation: id }) : null,
  cursor: `e1.g1~${version}`,
});

export const frame = (to, changes, rest = {}) => ({
  type: 'changes',
  stream: 'conversation:7',
  epoch: 1,
  from: to - changes.length,
  to,
  reset: false,
  changes,
  ...rest,
});

export const posted = (one) => ({ kind: 'message.posted', version: one.version, object: one });
export const edited = (one) => ({ kind: 'message.edited', version: one.version, object: one });
export const isRecalled = (one) => ({ kind: 'message.recalled', version: one.version, object: one });

export const page = (from, to, version, { hasBefore = from > 1, hasAfter = false, ...rest } = {}) => ({
  messages: messages(from, to, rest),
  cursor: `e1.g1~${version}`,
  has_before: hasBefore,
  has_after: hasAfter,
});

/** A storage like the browser's, that can be full. */
export class MemoryStorage {
  #items = new Map();
  isFull = false;

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(name) {
    return this.#items.get(name) ?? null;
  }

  setItem(name, value) {
    if (this.isFull) throw new Error('full');
    this.#items.set(name, value);
  }

  removeItem(name) {
    this.#items.delete(name);
  }

  /** The keys in another order, as a browser may have them. */
  reverse() {
    this.#items = new Map([...this.#items].reverse());
  }
}

/** Lets everything that is ready run, without letting time pass. */
export async function settle() {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}
