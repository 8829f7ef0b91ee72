/** Clears what this browser keeps of whoever is signed out; the server's answer asks browsers for the same. */

const PREFIX = "parley.";

export function forget(databases) {
  for (const name of databases) indexedDB.deleteDatabase(PREFIX + name);
  for (const box of [localStorage, sessionStorage]) {
    for (const name of Object.keys(box)) if (name.startsWith(PREFIX)) box.removeItem(name);
  }
}
