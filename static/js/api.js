/** The REST client of the pages, the same API that companies integrate with. */

/** The server answered with a problem (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {{status: number, title?: string, detail?: string, errors?: {field: string, message: string}[],
   *   retryAfter?: number|null}} problem
   */
  constructor({ status, title = '', detail = '', errors = [], retryAfter = null }) {
    super(errors[0]?.message || detail || title || String(status));
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    /** Milliseconds that the server asks to wait, if it does. */
    this.retryAfter = retryAfter;
  }
}

/** Nothing of the server came back: no network, no server, or not in time. Whether the request was carried out is unknown. */
export class Unreachable extends Error {
  /** @param {unknown} [cause] */
  constructor(cause) {
    super('unreachable', { cause });
    this.name = 'Unreachable';
  }
}

const TIMEOUT = 15_000;

/** @typedef {Record<string, string|number|null|undefined>} Query */

export class Api {
  /**
   * @param {string} base address without a slash at its end, for example `/api/v1/orgs/lakeside`
   * @param {{csrfToken?: () => string, fetch?: typeof fetch}} [options]
   */
  constructor(base, { csrfToken = csrfCookie, fetch = globalThis.fetch } = {}) {
    this.base = base;
    this.csrfToken = csrfToken;
    this.fetch = fetch;
  }

  /**
   * @param {string} path
   * @param {Query} [query]
   */
  get(path, query = {}) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value != null) search.set(name, String(value));
    return this.#ask('GET', search.size ? `${path}?${search}` : path);
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  post(path, body) {
    return this.#ask('POST', path, body);
  }

  /**
   * @param {string} path
   * @param {object} [body]
   */
  put(path, body = {}) {
    return this.#ask('PUT', path, body);
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  patch(path, body) {
    return this.#ask('PATCH', path, body);
  }

  /** @param {string} path */
  delete(path) {
    return this.#ask('DELETE', path);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>} the JSON of the answer, null where it has none
   * @throws {Problem|Unreachable}
   */
  async #ask(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' };
    if (body) headers['Content-Type'] = 'application/json';
    if (method !== 'GET') headers['X-CSRFToken'] = this.csrfToken();
    let response;
    let text;
    try {
      const { fetch } = this;
      response = await fetch(`${this.base}/${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: 'same-origin',
        signal: AbortSignal.timeout(TIMEOUT),
      });
      text = await response.text();
    } catch (error) {
      throw new Unreachable(error);
    }
    if (response.ok) return text ? jsonIn(text) : null;
    throw new Problem({
      ...problemIn(text),
      status: response.status,
      retryAfter: secondsIn(response.headers.get('Retry-After')),
    });
  }
}

/**
 * @param {string} text
 * @throws {Unreachable} for another language than ours: a proxy or a hotel's sign-in page answered, not the server
 */
function jsonIn(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unreachable(error);
  }
}

/** @param {string} text */
function problemIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** @param {string|null} header seconds, as our server writes it */
function secondsIn(header) {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) ? seconds * 1000 : null;
}

/** The token that the server wants to see with every change. */
export function csrfCookie() {
  return document.cookie.match(/(?:^|; )lakeside_csrf=([^;]+)/)?.[1] ?? '';
}
