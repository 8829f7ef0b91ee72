/** Offers a visitor to join; whoever has joined, by it or by a first message, is offered nothing. */
export function joinOffer(form, { chat, conversation }) {
  conversation.on("members", () => {
    form.hidden = conversation.members.has(chat.me.username);
  });
}
