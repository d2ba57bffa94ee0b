import { Problem, Unreachable } from '../api.js';
import { on } from './events.js';

/** @import {Api} from '../api.js' */
/** @import {Post} from './outgoing.js' */
/** @import {Socket} from '../socket.js' */
/** @import {Answer, Message} from './types.js' */

const ANSWER_WITHIN = 10_000;

/** How a post leaves: by the socket with an answer under its key, or by REST. Implements `Line` of outgoing.js. */
export class PostLine {
  /** @type {Map<string, {resolve: (message: Message) => void, reject: (error: Error) => void}>} */
  #asked = new Map();

  /** @param {{socket: Socket, api: Pick<Api, 'post'>, isOnline: () => boolean}} options */
  constructor({ socket, api, isOnline }) {
    this.socket = socket;
    this.api = api;
    this.isOnline = isOnline;
    on(socket, 'answer', (answer) => this.#answered(answer));
    on(socket, 'state', () => {
      if (!socket.isOpen) this.#giveUp();
    });
  }

  isSocketOpen() {
    return this.socket.isOpen;
  }

  /**
   * @param {Post} post
   * @returns {Promise<Message>}
   */
  byRest({ conversation, key, text }) {
    return this.api.post(`conversations/${conversation}/messages`, { key, text });
  }

  /**
   * @param {Post} post
   * @returns {Promise<Message>}
   * @throws {Unreachable} also when the answer does not come in time, or the connection goes before it
   */
  bySocket({ conversation, key, text }) {
    return new Promise((resolve, reject) => {
      if (!this.socket.send({ type: 'message.post', id: key, conversation, key, text })) {
        reject(new Unreachable());
        return;
      }
      const timer = setTimeout(() => this.#asked.get(key)?.reject(new Unreachable()), ANSWER_WITHIN);
      /** @param {() => void} act */
      const once = (act) => {
        clearTimeout(timer);
        this.#asked.delete(key);
        act();
      };
      this.#asked.set(key, {
        resolve: (message) => once(() => resolve(message)),
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
