/** What the tabs of one browser do together. On plain http browsers have no locks: there each tab is alone. */

/** Runs `work` while no other tab runs any under this name. */
export const alone = (name, work) =>
  navigator.locks ? navigator.locks.request(`parley.${name}`, work) : Promise.resolve().then(work);
