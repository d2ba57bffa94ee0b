import { Chat } from './chat.js';

const bootstrap = JSON.parse(document.getElementById('bootstrap')?.textContent ?? '{}');

/** The chat of this page, made of what the page brought along. */
export const chat = new Chat(bootstrap, { language: document.documentElement.lang });

if (bootstrap.conversation !== null) chat.open(bootstrap.conversation);
