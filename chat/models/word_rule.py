"""What may not be said."""

from django.db import models
from django.db.models import Q

from chat.domain.words import LONGEST_PATTERN
from chat.models.membership import Membership
from chat.models.room import Room


class WordRule(models.Model):
    """A pattern that is refused, held for review or masked in `room`, or without one everywhere; or allowed after all.

    It spares who has the role `spares` in the room or a higher one; who moderates the site counts as a moderator.
    """

    class Kind(models.TextChoices):
        WORDS = "words", "words (* stands for any letters)"
        REGEX = "regex", "regular expression (RE2)"

    class Action(models.TextChoices):
        BLOCK = "block", "block: refuse the message"
        HOLD = "hold", "hold: a moderator decides first"
        MASK = "mask", "mask: show ▇ instead"
        ALLOW = "allow", "allow: no other rule counts there"

    room = models.ForeignKey(Room, models.PROTECT, related_name="+", null=True, blank=True, help_text="None: all.")
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.WORDS)
    pattern = models.CharField(
        max_length=LONGEST_PATTERN,
        help_text="Case, accents and formatting make no difference. Write a regular expression in small letters.",
    )
    action = models.CharField(max_length=5, choices=Action.choices)
    spares = models.CharField(
        "Spares",
        max_length=10,
        choices=[(role, f"{role}s and above") for role in (Membership.Role.OWNER, Membership.Role.MODERATOR)],
        blank=True,
        default=Membership.Role.MODERATOR,
        help_text="None: holds for everybody.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["words", "regex"]), name="word_rule_kind_known"),
            models.CheckConstraint(
                condition=Q(action__in=["block", "hold", "mask", "allow"]), name="word_rule_action_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pattern} {f'in {self.room}' if self.room else 'everywhere'}"
