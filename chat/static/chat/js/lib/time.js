/** Times in the reader's zone, in the words that the server uses too. */

const LANGUAGE = "en-GB";
const formats = new Map();

/** Making one takes a hundred times as long as using it. */
function format(options, zone) {
  const key = JSON.stringify([options, zone]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(LANGUAGE, { ...options, timeZone: zone }));
  return formats.get(key);
}

/** The reader's time zone, as the server understands it. */
export const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** 16:02 */
export const clock = (time, zone) => format({ hour: "2-digit", minute: "2-digit" }, zone).format(time);

/** A value that is equal for two times of the same day. */
export const dayOf = (time, zone) => format({ year: "numeric", month: "2-digit", day: "2-digit" }, zone).format(time);

/** Today, Yesterday, Thursday 19 November, or with its year when that is another. */
export function dayName(time, now = new Date(), zone = undefined) {
  const day = dayOf(time, zone);
  if (day === dayOf(now, zone)) return "Today";
  if (day === dayOf(new Date(now.getTime() - 24 * 3600e3), zone)) return "Yesterday";
  const year = format({ year: "numeric" }, zone);
  const other = year.format(time) === year.format(now) ? {} : { year: "numeric" };
  return format({ weekday: "long", day: "numeric", month: "long", ...other }, zone).format(time).replace(",", "");
}

/** The whole moment, for a tooltip. */
export const exact = (time, zone) => format({ dateStyle: "full", timeStyle: "medium" }, zone).format(time);

/** 12 s, 5 min, 3 h or 4 days: how long something still takes, rounded up. */
export function lasting(ms) {
  let left = Math.ceil(ms / 1000);
  for (const [unit, size] of [["s", 60], ["min", 60], ["h", 24]]) {
    if (left < 2 * size) return `${left} ${unit}`;
    left = Math.ceil(left / size);
  }
  return `${left} days`;
}
