/** The chat page: makes the chat of what the page brought along, and its elements. */

import { listenForAttendance } from '../app/attendance.js';
import { Chat } from './chat.js';
import { ConnectionBanner } from './elements/connection-banner.js';
import { ConversationDetails } from './elements/conversation-details.js';
import { ConversationList } from './elements/conversation-list.js';
import { listenForChatDialogs } from './elements/dialogs.js';
import { go, listenForFrame } from './elements/frame.js';
import { MessageComposer } from './elements/message-composer.js';
import { MessageList } from './elements/message-list.js';
import { PeoplePicker } from './elements/people-picker.js';
import { QuickSwitcher } from './elements/quick-switcher.js';
import { begin } from './session.js';

const bootstrap = JSON.parse(document.getElementById('bootstrap')?.textContent ?? '{}');
const chat = new Chat(bootstrap, { language: document.documentElement.lang });
begin(chat);
if (bootstrap.conversation !== null) chat.open(bootstrap.conversation);

// The list before the composer, which listens to it.
customElements.define('conversation-list', ConversationList);
customElements.define('message-list', MessageList);
customElements.define('message-composer', MessageComposer);
customElements.define('conversation-details', ConversationDetails);
customElements.define('connection-banner', ConnectionBanner);
customElements.define('people-picker', PeoplePicker);
customElements.define('quick-switcher', QuickSwitcher);
listenForFrame();
listenForChatDialogs((conversation) => go(conversation));
listenForAttendance(chat.socket, chat.attendance);
chat.start();
