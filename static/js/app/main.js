/** What every page of the house needs. */

import './menu.js';
import { listenForCopies } from './copy.js';
import { listenForDialogs } from './dialog.js';
import { listenForForms } from './forms.js';
import { listenForFrame } from './frame.js';
import { listenForPanel } from './panel.js';
import { listenForPreferences } from './preferences.js';
import { showServerToasts } from './toast.js';

listenForCopies();
listenForDialogs();
listenForForms();
listenForFrame();
listenForPanel();
listenForPreferences();
showServerToasts();
