/** Starts what the page holds: models from its data, then the components that `data-component` names. */

import { announcer } from "./components/announcer.js";
import { closedRoom } from "./components/closed_room.js";
import { completion } from "./components/completion.js";
import { composer } from "./components/composer.js";
import { connectionNotice } from "./components/connection_notice.js";
import { deleteDialog } from "./components/delete_dialog.js";
import { desktopCalls } from "./components/desktop_calls.js";
import { drawer } from "./components/drawer.js";
import { emojiPicker } from "./components/emoji_picker.js";
import { failedSends } from "./components/failed_sends.js";
import { joinOffer } from "./components/join_offer.js";
import { jumpButton } from "./components/jump_button.js";
import { keysHelp } from "./components/keys_help.js";
import { messageActions } from "./components/message_actions.js";
import { messageCommands } from "./components/message_commands.js";
import { messageKeys } from "./components/message_keys.js";
import { messageList } from "./components/message_list.js";
import { opener } from "./components/opener.js";
import { pause } from "./components/pause.js";
import { peoplePanel } from "./components/people_panel.js";
import { pinsPanel } from "./components/pins_panel.js";
import { reportDialog } from "./components/report_dialog.js";
import { roomHead } from "./components/room_head.js";
import { roomList } from "./components/room_list.js";
import { roomWalk } from "./components/room_walk.js";
import { rovingFocus } from "./components/roving_focus.js";
import { sanctionDialog } from "./components/sanction_dialog.js";
import { switcher } from "./components/switcher.js";
import { threadPanel } from "./components/thread_panel.js";
import { typingLine } from "./components/typing_line.js";
import { findAll, pageData } from "./lib/dom.js";
import { keepFresh, settleIn, tellOutcomes } from "./lifecycle.js";
import { localZone } from "./lib/time.js";
import { Chat } from "./models/chat.js";
import { Conversation } from "./models/conversation.js";

const COMPONENTS = {
  announcer, closedRoom, completion, composer, connectionNotice, deleteDialog, desktopCalls, drawer, emojiPicker,
  failedSends, joinOffer, jumpButton, keysHelp, messageActions, messageCommands, messageKeys, messageList, opener, pause,
  peoplePanel, pinsPanel, reportDialog, roomHead, roomList, roomWalk, rovingFocus, sanctionDialog, switcher,
  threadPanel, typingLine,
};

const overTls = location.protocol === "https:" ? "; secure" : "";
document.cookie = `zone=${localZone()}; path=/; max-age=31536000; samesite=lax${overTls}`;

const page = pageData();
const chat = new Chat(page);
const conversation = page.room && new Conversation(chat, page);

for (const element of findAll("[data-component]")) {
  for (const name of element.dataset.component.split(" ")) COMPONENTS[name](element, { chat, conversation, page });
}

keepFresh(page, chat, conversation);
settleIn(chat);
tellOutcomes(chat);
chat.connection.start();
