/**
 * The shapes of the wire (docs/api/socket.md and the OpenAPI schema), written down once for the type checker.
 *
 * @typedef {{id: number, name: string, initials: string, paint: number}} Person
 * @typedef {{type: 'conversation', id: number, kind: 'direct'|'group', name: string|null, people: Person[],
 *   owner: number|null, participant_count: number, history_mode: 'all'|'join', seq: number, version: number,
 *   created_by: number, created_at: string}} Conversation
 * @typedef {{kind: string, by: Person, people?: Person[], name?: string, role?: string, history_mode?: string}} SystemEvent
 * @typedef {{type: 'message', id: number, key: string|null, conversation: number, seq: number, version: number,
 *   kind: 'text'|'system', sender: Person|null, text: string, html: string, event: SystemEvent|null,
 *   posted_at: string, edited_at: string|null, recalled_at: string|null, recalled_by: number|null}} Message
 * @typedef {{type: 'membership', conversation: number, is_active: boolean, role: 'owner'|'admin'|'member',
 *   is_muted: boolean, is_pinned: boolean, joined_seq: number, seen_seq: number, read_seq: number,
 *   read_ranges: [number, number][], unread: number, version: number}} Membership
 * @typedef {{type: 'participant', id: number, conversation: number, person: Person & {title?: string},
 *   role: 'owner'|'admin'|'member', is_active: boolean, joined_at: string, version: number}} Participant
 * @typedef {{type: 'member', id: number, name: string, initials: string, paint: number, title: string,
 *   role: string, is_active: boolean}} Member
 * @typedef {{conversation: Conversation, membership: Membership, last_message: Message|null, cursor: string}} ListItem
 * @typedef {{messages: Message[], cursor: string, has_before: boolean, has_after: boolean}} Page
 * @typedef {{kind: string, version: number, object: any}} Change
 * @typedef {{type: 'changes', stream: string, epoch: number, from: number, to: number, reset: boolean,
 *   changes: Change[]}} ChangesFrame
 * @typedef {{stream: string, changes: Change[], cursor: string, more: boolean, reset: boolean}} SyncAnswer
 * @typedef {{type: 'hello', member: number, organization: number, epoch: number, heads: Record<string, number>,
 *   heartbeat_seconds: number}} Hello
 * @typedef {{type: 'heartbeat', epoch: number, heads: Record<string, number>, count: number, sum: number}} Heartbeat
 * @typedef {{type: 'answer', id: string, status: number, body: any}} Answer
 */
export {};
