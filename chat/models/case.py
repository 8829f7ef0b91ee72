"""What is brought before the moderators: reports of messages, appeals against mutes and bans."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.models.message import Message
from chat.models.sanction import Sanction


class Case(models.Model):
    """One message that people reported, or one sanction that its person appealed against, until moderators decide.

    All open reports of a message are one case; a sanction is appealed against once. Agreeing with who wrote removes
    the message or lifts the sanction. `answer` is why it was decided so, for who wrote to read.
    """

    class State(models.TextChoices):
        OPEN = "open"
        AGREED = "agreed"
        DISAGREED = "disagreed"
        IGNORED = "ignored"

    message = models.ForeignKey(Message, models.PROTECT, related_name="+", null=True)
    sanction = models.OneToOneField(Sanction, models.CASCADE, related_name="appeal", null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=250, blank=True)

    class Meta:
        verbose_name = "report or appeal"
        verbose_name_plural = "reports and appeals"
        indexes = [models.Index(fields=["state", "-id"], name="cases_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["message"], condition=Q(state="open"), name="case_open_once"),
            models.CheckConstraint(
                condition=Q(message=None, sanction__isnull=False) | Q(message__isnull=False, sanction=None),
                name="case_has_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, decided_by=None)
                | (Q(state__in=["agreed", "disagreed", "ignored"], decided_at__isnull=False, decided_by__isnull=False)),
                name="case_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"report of {self.message}" if self.message else f"appeal against {self.sanction}"


class Report(models.Model):
    """What one person wrote to the moderators about a case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reports", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    reason = models.CharField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "author"], name="report_once")]
        indexes = [models.Index(fields=["author", "-id"], name="reports_of_author")]

    def __str__(self) -> str:
        return f"{self.author}: {self.reason}"
