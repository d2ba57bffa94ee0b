import { delayAfter } from './backoff.js';

/** Longer without any frame than the server's heartbeat and a little: the line is dead, whatever TCP believes. */
const SILENCE = 25_000;
/** A probe is answered at once or the line is dead. */
const PROBE = 4_000;
/** A connection that lived this long starts the next row of attempts from the beginning. */
const STABLE = 5_000;
const SIGNED_OUT = 4001;
const NO_ACCESS = 4003;
const FLOOD = 4009;
const GAVE_WAY = 4010;

/** @typedef {'connecting'|'open'|'waiting'|'offline'|'ended'} SocketState */

/**
 * The socket of one organization, kept alive.
 *
 * Events: `state` when `state` changes, `ended` (`detail.code`) when it must not be opened again, and one event per
 * frame named by its type, with the frame as `detail`: `hello`, `changes`, `heartbeat`, `typing`, `presence`, `answer`.
 */
export class Socket extends EventTarget {
  /** @type {SocketState} */
  state = 'waiting';
  /** @type {WebSocket|null} */
  #line = null;
  #attempt = 0;
  #openedAt = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #watch;

  /**
   * @param {string} url
   * @param {{WebSocket?: typeof WebSocket, random?: () => number, isOnline?: () => boolean}} [options]
   */
  constructor(url, { WebSocket = globalThis.WebSocket, random = Math.random, isOnline = () => true } = {}) {
    super();
    this.url = url;
    this.WebSocket = WebSocket;
    this.random = random;
    this.isOnline = isOnline;
  }

  get isOpen() {
    return this.state === 'open';
  }

  start() {
    if (this.#line || this.state === 'ended') return;
    clearTimeout(this.#retry);
    if (!this.isOnline()) {
      this.#enter('offline');
      return;
    }
    this.#enter('connecting');
    const line = new this.WebSocket(this.url);
    this.#line = line;
    line.onmessage = ({ data }) => this.#read(line, data);
    line.onclose = ({ code }) => this.#closed(line, code);
    this.#expect(SILENCE);
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it left; false while there is no greeted connection
   */
  send(frame) {
    if (!this.isOpen || this.#line?.readyState !== 1) return false;
    this.#line.send(JSON.stringify(frame));
    return true;
  }

  /** The network came back: do not wait for the next attempt. */
  networkUp() {
    if (this.state === 'ended') return;
    this.#attempt = 0;
    if (this.#line) this.probe();
    else this.start();
  }

  networkDown() {
    if (this.state === 'ended') return;
    this.#drop();
    clearTimeout(this.#retry);
    this.#enter('offline');
  }

  /** After a sleep timers are late and lines half dead: ask for a sign of life. */
  probe() {
    if (this.send({ type: 'heads' })) this.#expect(PROBE);
    else if (this.state === 'waiting' || this.state === 'offline') this.start();
  }

  /**
   * @param {WebSocket} line
   * @param {string} data one JSON object a line
   */
  #read(line, data) {
    if (line !== this.#line) return;
    this.#expect(SILENCE);
    for (const text of data.split('\n')) {
      if (!text) continue;
      const frame = JSON.parse(text);
      if (frame.type === 'hello' && !this.isOpen) {
        this.#openedAt = Date.now();
        this.#enter('open');
      }
      this.dispatchEvent(new CustomEvent(frame.type, { detail: frame }));
    }
  }

  /**
   * @param {WebSocket} line
   * @param {number} code
   */
  #closed(line, code) {
    if (line !== this.#line) return;
    this.#line = null;
    clearTimeout(this.#watch);
    if (code === SIGNED_OUT || code === NO_ACCESS) {
      this.#enter('ended');
      this.dispatchEvent(new CustomEvent('ended', { detail: { code } }));
      return;
    }
    if (this.isOpen && Date.now() - this.#openedAt > STABLE && code !== FLOOD) this.#attempt = 0;
    // Back soon, this tab would push another one out: it waits longest, or until it is looked at.
    if (code === GAVE_WAY) this.#attempt = Infinity;
    if (!this.isOnline()) {
      this.#enter('offline');
      return;
    }
    this.#enter('waiting');
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.start(), delayAfter(this.#attempt, this.random));
    this.#attempt += 1;
  }

  /** @param {number} milliseconds within which some frame must come */
  #expect(milliseconds) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      const line = this.#line;
      if (!line) return;
      // `close` waits for a handshake that a dead line never finishes.
      line.close();
      this.#closed(line, 1006);
    }, milliseconds);
  }

  #drop() {
    const line = this.#line;
    this.#line = null;
    clearTimeout(this.#watch);
    line?.close();
  }

  /** @param {SocketState} state */
  #enter(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: { state } }));
  }
}
