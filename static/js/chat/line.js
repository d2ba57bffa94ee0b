import { Problem, Unreachable } from '../api.js';
import { on } from '../events.js';

/** @import {Api} from '../api.js' */
/** @import {Post} from './outgoing.js' */
/** @import {Socket} from '../socket.js' */
/** @import {Answer, Message, SyncAnswer} from './types.js' */

const ANSWER_WITHIN = 10_000;
/** After so many questions in a row that the socket left without an answer, REST is asked, until it greets again. */
const SILENT_AT_MOST = 2;

/** How the chat asks for what both can answer: by the socket while it is open and answers, else by REST. */
export class Line {
  /** @type {Map<string, {resolve: (body: any) => void, reject: (error: Error) => void}>} by the frame's id */
  #asked = new Map();
  #count = 0;
  #silence = 0;

  /** @param {{socket: Socket, api: Pick<Api, 'get'|'post'>, isOnline: () => boolean}} options */
  constructor({ socket, api, isOnline }) {
    this.socket = socket;
    this.api = api;
    this.isOnline = isOnline;
    on(socket, 'hello', () => {
      this.#silence = 0;
    });
    on(socket, 'answer', (answer) => this.#answered(answer));
    on(socket, 'state', () => {
      if (!socket.isOpen) this.#giveUp();
    });
  }

  /** Whether it is worth trying. */
  get isUp() {
    return this.isOnline() || this.socket.isOpen;
  }

  /**
   * @param {Post} post
   * @returns {Promise<Message>}
   * @throws {Problem|Unreachable}
   */
  post({ conversation, key, text }) {
    return this.#ask({ type: 'message.post', conversation, key, text }, () =>
      this.api.post(`conversations/${conversation}/messages`, { key, text }),
    );
  }

  /**
   * What happened in a stream since the cursor; without one the newest window.
   * @param {string} stream
   * @param {string} [cursor]
   * @returns {Promise<SyncAnswer>}
   * @throws {Problem|Unreachable}
   */
  sync(stream, cursor) {
    return this.#ask({ type: 'stream.sync', stream, cursor }, () => this.api.get(`sync/${stream}`, { cursor }));
  }

  /**
   * @param {object} frame
   * @param {() => Promise<any>} byRest
   * @returns {Promise<any>}
   */
  async #ask(frame, byRest) {
    if (!this.socket.isOpen || this.#silence >= SILENT_AT_MOST) return byRest();
    try {
      const body = await this.#bySocket(frame);
      this.#silence = 0;
      return body;
    } catch (error) {
      this.#silence = error instanceof Unreachable ? this.#silence + 1 : 0;
      throw error;
    }
  }

  /**
   * @param {object} frame
   * @returns {Promise<any>}
   * @throws {Unreachable} also when the answer does not come in time, or the connection goes before it
   */
  #bySocket(frame) {
    this.#count += 1;
    const id = String(this.#count);
    return new Promise((resolve, reject) => {
      if (!this.socket.send({ ...frame, id })) {
        reject(new Unreachable());
        return;
      }
      const timer = setTimeout(() => this.#asked.get(id)?.reject(new Unreachable()), ANSWER_WITHIN);
      /** @param {() => void} act */
      const once = (act) => {
        clearTimeout(timer);
        this.#asked.delete(id);
        act();
      };
      this.#asked.set(id, {
        resolve: (body) => once(() => resolve(body)),
        reject: (error) => once(() => reject(error)),
      });
    });
  }

  /** @param {Answer} answer */
  #answered({ id, status, body }) {
    const asked = this.#asked.get(id);
    if (!asked) return;
    if (status < 400) asked.resolve(body);
    else asked.reject(new Problem({ ...body, status, retryAfter: body.retry_after ? body.retry_after * 1000 : null }));
  }

  /** A connection that is gone answers nothing more. */
  #giveUp() {
    for (const { reject } of [...this.#asked.values()]) reject(new Unreachable());
  }
}
