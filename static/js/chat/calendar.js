import { gettext, interpolate } from '../words.js';

/** @satisfies {Record<string, Intl.DateTimeFormatOptions>} */
const FORMATS = {
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { dateStyle: 'short' },
  weekday: { weekday: 'long', day: 'numeric', month: 'long' },
  weekdayShort: { weekday: 'short' },
  date: { day: 'numeric', month: 'short' },
  dateWithYear: { day: 'numeric', month: 'short', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' },
};

/** Moments in the reader's language and time zone. */
export class Calendar {
  /** @type {Map<string, Intl.DateTimeFormat>} made when they are first needed */
  #formats = new Map();

  /** @param {{language: string, timeZone?: string}} options without a zone, that of this machine */
  constructor({ language, timeZone }) {
    this.language = language;
    this.timeZone = timeZone || undefined;
  }

  /** @param {string} iso */
  time(iso) {
    return this.#format('time', new Date(iso));
  }

  /** @param {string} iso */
  full(iso) {
    return this.#format('full', new Date(iso));
  }

  /**
   * @param {string|Date} moment
   * @returns {string} the calendar day, `2026-11-20`
   */
  day(moment) {
    return this.#format('day', new Date(moment));
  }

  /**
   * How the divider of a day reads.
   * @param {string} iso
   * @param {Date} [now]
   */
  dayName(iso, now = new Date()) {
    const moment = new Date(iso);
    const days = this.#daysBetween(moment, now);
    if (days === 0) return interpolate(gettext('Today · %(date)s'), { date: this.#format('weekday', moment) });
    if (days === 1) return interpolate(gettext('Yesterday · %(date)s'), { date: this.#format('weekday', moment) });
    return this.#isThisYear(moment, now) ? this.#format('weekday', moment) : this.#format('dateWithYear', moment);
  }

  /**
   * As short as it stays clear: the time today, the weekday within six days, else the date.
   * @param {string} iso
   * @param {Date} [now]
   */
  brief(iso, now = new Date()) {
    const moment = new Date(iso);
    const days = this.#daysBetween(moment, now);
    if (days <= 0) return this.#format('time', moment);
    if (days < 6) return this.#format('weekdayShort', moment);
    return this.#isThisYear(moment, now) ? this.#format('date', moment) : this.#format('dateWithYear', moment);
  }

  /**
   * @param {Date} moment
   * @param {Date} now
   */
  #daysBetween(moment, now) {
    return Math.round((Date.parse(this.day(now)) - Date.parse(this.day(moment))) / 86_400_000);
  }

  /**
   * @param {Date} moment
   * @param {Date} now
   */
  #isThisYear(moment, now) {
    return this.day(moment).slice(0, 4) === this.day(now).slice(0, 4);
  }

  /**
   * @param {keyof typeof FORMATS} name
   * @param {Date} moment
   */
  #format(name, moment) {
    let format = this.#formats.get(name);
    if (!format) {
      // Days are compared, not read: they are written the same way for everybody.
      const language = name === 'day' ? 'en-CA' : this.language;
      format = new Intl.DateTimeFormat(language, { ...FORMATS[name], timeZone: this.timeZone });
      this.#formats.set(name, format);
    }
    return format.format(moment);
  }
}
