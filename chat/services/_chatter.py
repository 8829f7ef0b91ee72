"""What a crowd says: sentences that look like talk, put together at random."""

from random import Random

OPENINGS = (
    "I think", "Maybe", "Good morning,", "Just saw that", "For the record,", "Sorry, but", "Turns out", "Yes,",
    "No idea why, but", "Small update:", "Fun fact,", "As promised,", "Heads up,", "I could swear", "Honestly,",
    "In case you missed it,", "To be fair,", "Since yesterday", "According to the logs", "Between us,",
)  # fmt: skip
SUBJECTS = (
    "the build", "our new kettle", "the second proof", "the staging server", "that flaky test", "the invoice",
    "the door on the third floor", "the backup", "the train to Basel", "the search page", "my old laptop",
    "the draft of the letter", "the coffee machine", "the release branch", "the database", "the big projector",
    "the weekly report", "the plan for Thursday", "the plant in the corner", "the migration", "the map",
)  # fmt: skip
VERBS = (
    "needs another look", "works on my machine", "is faster than last week", "was never merged", "makes that noise",
    "is fine again", "will be ready", "does not like umlauts", "has been fixed", "looks much better now",
    "is not where it was", "fails every second time", "could use some love", "went through", "is on my list",
    "surprised me", "is worth reading", "can wait", "should be renamed", "still waits for a review",
)  # fmt: skip
ENDINGS = (
    "", "", "", "", " by Friday", " if nobody minds", " after lunch", ", thank you all", ", as always",
    " before the demo", ", right", " for once", ", says the vendor", " since the update",
)  # fmt: skip
ENDS = (".", ".", ".", "!", "?", "")
EMOJI = ("👍", "❤️", "😂", "🎉", "👀", "🙏", "✅", "🤔")
DRESSED = (
    "**{}**", "_{}_ :)", "{}\n\nSee https://example.org/notes/{n}", "> {}\n\nExactly this.", "`release-{n}`: {}",
    "- {}\n- and number {n} as well", "~~{}~~ never mind", "```\n{}\nexit {n}\n```", "@{who} {}", "{} 🎉",
)  # fmt: skip


def sentence(dice: Random) -> str:
    """A plain sentence."""
    pick = dice.choice
    return f"{pick(OPENINGS)} {pick(SUBJECTS)} {pick(VERBS)}{pick(ENDINGS)}{pick(ENDS)}"


def utterance(dice: Random, who: str) -> str:
    """A message: mostly a sentence, sometimes two, now and then dressed in Markdown or calling `who`."""
    said = sentence(dice)
    if dice.random() < 0.25:
        said = f"{said} {sentence(dice)}"
    if dice.random() < 0.08:
        return dice.choice(DRESSED).format(said, n=dice.randrange(1000), who=who)
    return said
