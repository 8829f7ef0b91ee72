/** The one door through which HTML enters the page: the server's sanitised rendering of a message. */
export function setMessageHtml(element, html) {
  element.innerHTML = html;
}
