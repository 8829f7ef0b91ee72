/** The emoji that are offered, in groups, each with the names by which it is found. Nothing is loaded for them. */

import { matching } from "./match.js";

const GROUPS = {
  Faces: `
    😀 grinning|😃 smiley happy|😄 smile|😁 beaming grin|😅 sweat_smile relief|😂 joy tears laugh|🤣 rofl laugh|🙂 slight_smile
    😉 wink|😊 blush|😇 angel halo|🥰 love hearts|😍 heart_eyes|🤩 star_struck|😘 kiss|😋 yum|😜 wink_tongue|🤪 zany
    🤗 hug|🤭 giggle oops|🤫 shush quiet|🤔 thinking hmm|🫡 salute|🤐 zipper_mouth|🤨 raised_eyebrow|😐 neutral|😑 expressionless
    😶 no_mouth|😏 smirk|😒 unamused|🙄 eye_roll|😬 grimace|😌 relieved|😔 pensive|😴 sleeping|🤒 ill thermometer
    🤕 hurt bandage|🤢 nauseated|🤧 sneeze|🥵 hot|🥶 cold freezing|🥴 woozy|😵 dizzy|🤯 mind_blown|🤠 cowboy|🥳 party_face
    😎 cool sunglasses|🤓 nerd|🧐 monocle|😕 confused|🫤 unsure|😟 worried|🙁 frown|😮 wow open_mouth|😲 astonished|😳 flushed
    🥺 pleading|🥹 touched|😨 fearful|😰 anxious|😢 cry sad|😭 sob|😱 scream|😖 confounded|😞 disappointed|😓 sweat
    😩 weary|🥱 yawn|😤 triumph huff|😡 rage angry|🤬 swearing|😈 imp devil|💀 skull dead|💩 poop|🤡 clown|👻 ghost|👽 alien
    🤖 robot bot|😺 cat_smile|🙈 see_no_evil|🙉 hear_no_evil|🙊 speak_no_evil`,
  Hands: `
    👍 thumbs_up yes plus1|👎 thumbs_down no minus1|👌 ok_hand|🤌 pinched|✌️ victory peace|🤞 fingers_crossed luck|🤟 love_you
    🤘 rock|🤙 call_me|👈 point_left|👉 point_right|👆 point_up|👇 point_down|☝️ one_moment|👋 wave hello bye|🤚 raised_back|✋ hand stop
    🖖 vulcan|👏 clap applause|🙌 raised_hands hooray|🫶 heart_hands|👐 open_hands|🤝 handshake deal|🙏 thanks pray please
    ✍️ writing|💪 muscle strong|🫵 you|👀 eyes look|🧠 brain|🤷 shrug|🤦 facepalm|🙋 raising_hand|🙇 bow|💁 info_desk
    🧑‍💻 coder laptop|🧑‍🔧 mechanic|🧑‍🚀 astronaut|🏃 run|🚶 walk|🧘 calm yoga|💃 dance|👶 baby|👥 people`,
  Hearts: `
    ❤️ heart love|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|🤍 white_heart
    💔 broken_heart|❤️‍🔥 heart_on_fire|💕 two_hearts|💖 sparkling_heart|💯 hundred|💢 anger|💥 boom|💫 dizzy_star|💦 drops|💨 dash
    💬 speech|💭 thought|💤 zzz`,
  Nature: `
    🐶 dog|🐱 cat|🐭 mouse|🐰 rabbit|🦊 fox|🐻 bear|🐼 panda|🐨 koala|🐯 tiger|🦁 lion|🐮 cow|🐷 pig|🐸 frog|🐵 monkey|🐔 chicken
    🐧 penguin|🐦 bird|🦆 duck|🦉 owl|🐝 bee|🐛 bug|🦋 butterfly|🐌 snail|🐢 turtle|🐍 snake python|🐙 octopus|🐟 fish|🐬 dolphin
    🐳 whale|🦀 crab|🐴 horse|🦄 unicorn|🐘 elephant|🦥 sloth|🌱 seedling|🌳 tree|🌵 cactus|🍀 clover luck|🌸 blossom|🌹 rose
    🌻 sunflower|🍂 leaves autumn|🍄 mushroom|🌍 earth world|🌙 moon|⭐ star|🌟 glowing_star|✨ sparkles|⚡ zap lightning|🔥 fire
    🌈 rainbow|☀️ sun|⛅ cloud_sun|☁️ cloud|🌧️ rain|⛈️ storm|❄️ snow|☃️ snowman|🌊 ocean`,
  Food: `
    🍏 apple|🍌 banana|🍓 strawberry|🍒 cherries|🍑 peach|🍋 lemon|🍉 watermelon|🍇 grapes|🥑 avocado|🍅 tomato|🥕 carrot|🌽 corn
    🥐 croissant|🍞 bread|🥨 pretzel|🧀 cheese|🥚 egg|🥞 pancakes|🍔 burger|🍟 fries|🍕 pizza|🌮 taco|🥗 salad|🍜 noodles
    🍣 sushi|🍦 ice_cream|🍩 doughnut|🍪 cookie|🎂 cake birthday|🍫 chocolate|🍿 popcorn|☕ coffee|🍵 tea|🍺 beer|🍻 cheers
    🥂 toast champagne|🍷 wine|🧃 juice|🥤 cup_straw`,
  Things: `
    🎉 tada party hooray|🎊 confetti|🎈 balloon|🎁 gift present|🏆 trophy|🥇 gold first|🎯 target bullseye|🎲 dice|🎮 game|🎨 art
    🎬 film|🎵 music note|🎧 headphones|🎤 microphone|🎸 guitar|⚽ football|🏀 basketball|🎾 tennis|🏊 swim|🚴 bike cycling
    🚗 car|🚕 taxi|🚌 bus|🚂 train|✈️ plane flight|🚀 rocket ship launch|🚢 boat ship|⛵ sailing|⚓ anchor|🚧 construction
    🏠 house home|🏢 office|🏖️ beach holiday|⛰️ mountain|⏰ alarm|⌛ hourglass wait|📅 calendar date|📌 pin|📎 paperclip|✂️ scissors
    📝 memo note|📖 book|📚 books|📰 news|📈 chart_up|📉 chart_down|📊 bar_chart|📦 package release|📫 mailbox|✉️ letter mail
    📷 camera|💻 laptop|🖥️ desktop|🖨️ printer|⌨️ keyboard|📱 phone|🔋 battery|🔌 plug|💡 idea bulb|🔦 torch|🔧 wrench fix
    🔨 hammer|⚙️ gear|🔗 link|🔒 lock|🔑 key|🔍 search|🔔 bell|🔕 mute bell_off|📣 megaphone|🛡️ shield|💰 money|💸 money_wings
    💎 gem|⚖️ scales|🧪 test_tube|🔬 microscope|💊 pill|🚪 door|🛒 cart|🧹 broom clean|🗑️ bin trash|🧵 thread`,
  Signs: `
    ✅ check done|☑️ ticked|✔️ tick|❌ cross no|❎ crossed|❗ exclamation|❓ question|‼️ important|⚠️ warning|🚫 forbidden
    ⛔ no_entry|🛑 stop|♻️ recycle|🔄 refresh|➕ plus add|➖ minus|➡️ right|⬅️ left|⬆️ up|⬇️ down|↩️ back|🔴 red|🟠 orange|🟡 yellow
    🟢 green|🔵 blue|🟣 purple|⚫ black|⚪ white|🆕 new|🆗 ok|🆘 sos|🔝 top|🔜 soon|1️⃣ one|2️⃣ two|3️⃣ three|4️⃣ four|5️⃣ five
    🏁 finish|🚩 flag|🏳️‍🌈 pride|🏴‍☠️ pirate`,
};

const parse = (lines) =>
  lines.trim().split(/\||\n\s*/u).map((entry) => {
    const [emoji, ...names] = entry.trim().split(" ");
    return { emoji, name: names[0], words: names.flatMap((name) => [name, ...name.split("_")]) };
  });

let parsed = null;

/** Every group: `{title, emojis}`, each emoji `{emoji, name, words}`; read when they are first asked for. */
export const grouped = () =>
  (parsed ??= Object.entries(GROUPS).map(([title, lines]) => ({ title, emojis: parse(lines) })));

const all = () => grouped().flatMap(({ emojis }) => emojis);

/** The emoji with a name that begins like `text`, exact ones first. */
export const findEmoji = (text, most) => matching(text.replaceAll(" ", "_"), all(), ({ words }) => words, most);

/** The emoji that is called exactly so, or undefined. */
export const emojiNamed = (name) => all().find((each) => each.words.includes(name.toLowerCase()))?.emoji;

/** What an emoji is called, for who cannot see it. */
export const nameOf = (emoji) => all().find((each) => each.emoji === emoji)?.name.replaceAll("_", " ") ?? emoji;
