/** The chat page: its elements, and what they stand on. */

import '../app/main.js';
import { listenForAttendance } from '../app/attendance.js';
import { ConnectionBanner } from './elements/connection-banner.js';
import { ConversationDetails } from './elements/conversation-details.js';
import { ConversationList } from './elements/conversation-list.js';
import { listenForChatDialogs } from './elements/dialogs.js';
import { go, listenForFrame } from './elements/frame.js';
import { MessageComposer } from './elements/message-composer.js';
import { MessageList } from './elements/message-list.js';
import { PeoplePicker } from './elements/people-picker.js';
import { QuickSwitcher } from './elements/quick-switcher.js';
import { chat } from './session.js';

// First of all: while the line opens, the elements are made; and the pane is there before what stands in it, so that all of it
// is laid out once.
chat.start();
listenForFrame();
// The list before the composer, which listens to it.
customElements.define('conversation-list', ConversationList);
customElements.define('message-list', MessageList);
customElements.define('message-composer', MessageComposer);
customElements.define('conversation-details', ConversationDetails);
customElements.define('connection-banner', ConnectionBanner);
customElements.define('people-picker', PeoplePicker);
customElements.define('quick-switcher', QuickSwitcher);
listenForChatDialogs((conversation) => go(conversation));
listenForAttendance(chat.socket, chat.attendance);
