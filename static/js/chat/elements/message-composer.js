import { isComposing, part } from '../../app/dom.js';
import { on } from '../../events.js';
import { gettext, interpolate, ngettext } from '../../words.js';
import { chat } from '../session.js';
import { badgeOf, sentenceOfTyping } from '../wording.js';
import { titleNow } from './names.js';

/** @import {MessageList} from './message-list.js' */

/** Where one writes. It keeps a draft for each conversation, and never sends while an input method is composing. */
export class MessageComposer extends HTMLElement {
  /** @type {HTMLTextAreaElement} */
  get text() {
    return /** @type {HTMLTextAreaElement} */ (part(this, 'text'));
  }

  /** @returns {MessageList} */
  get list() {
    return /** @type {MessageList} */ (document.querySelector('message-list'));
  }

  connectedCallback() {
    this.text.addEventListener('input', () => this.#changed());
    this.text.addEventListener('keydown', (event) => this.#pressed(event));
    this.text.addEventListener('blur', () => chat.typingSender.stop());
    part(this, 'form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    part(this, 'jump').addEventListener('click', () => {
      void this.list.toEnd();
      this.text.focus();
    });
    this.list.addEventListener('place', () => this.#showJump());
    on(this.list, 'say', ({ text }) => this.say(text));
    on(chat, 'open', () => this.#show());
    on(chat.people, 'change', () => this.#showTyping());
    on(chat.typing, 'change', ({ conversation }) => conversation === chat.openId && this.#showTyping());
    on(chat.store, 'conversation', ({ conversation }) => {
      if (conversation !== chat.openId) return;
      this.#showJump();
      this.#label();
    });
    this.#show();
  }

  /**
   * Puts words into the field, to be changed and sent.
   * @param {string} text
   */
  say(text) {
    this.text.value = text;
    this.#changed();
    this.text.focus();
  }

  /** Another conversation was opened: its draft, its name, who types in it. */
  #show() {
    this.text.value = chat.openId === null ? '' : chat.drafts.get(chat.openId);
    this.#grow();
    this.#label();
    this.#showTyping();
    this.#showJump();
  }

  #label() {
    const entry = chat.current;
    if (!entry) return;
    const label = interpolate(gettext('Message %(name)s'), { name: titleNow(entry.conversation) });
    this.text.ariaLabel = label;
    this.text.placeholder = label;
  }

  #changed() {
    if (chat.openId === null) return;
    chat.drafts.set(chat.openId, this.text.value);
    chat.typingSender.changed(chat.openId, Boolean(this.text.value.trim()));
    this.#grow();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (isComposing(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'ArrowUp' && !this.text.value && this.list.editLast()) {
      event.preventDefault();
    }
  }

  #send() {
    const isSent = chat.post(this.text.value);
    if (isSent) {
      this.text.value = '';
      this.#grow();
      void this.list.toOwnWords();
    }
    this.text.focus();
  }

  /** For browsers that do not size a field by its content. */
  #grow() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.text.style.blockSize = 'auto';
    this.text.style.blockSize = `${this.text.scrollHeight}px`;
  }

  #showTyping() {
    const members = chat.openId === null ? [] : chat.typing.in(chat.openId);
    const words = sentenceOfTyping(members.map((member) => chat.people.nameOf(member)).filter(Boolean));
    part(this, 'typing').textContent = words;
    part(this, 'dots').hidden = !words;
  }

  #showJump() {
    const entry = chat.current;
    const jump = part(this, 'jump');
    jump.hidden = !entry?.window || this.list.isAtEnd;
    const count = entry?.unread.count ?? 0;
    part(this, 'jump-words').textContent = count
      ? interpolate(ngettext('%(count)s new message', '%(count)s new messages', count), { count: badgeOf(count) })
      : gettext('To the newest');
  }
}
