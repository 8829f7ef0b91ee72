"""What the chat knows of a person beside the host's user row."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Profile(models.Model):
    """Name, kind, face and send limit of a person.

    `picture` is the name of a file among the uploads, empty for none; `time_zone` empty for that of the browser.

    A `guest` of the house finds only rooms that somebody has brought them into, and the people there.

    The row is also the person's lock: sends take it, and so does whatever is done against the person, so that nothing
    of theirs commits after it.
    """

    class Kind(models.TextChoices):
        PERSON = "person"
        BOT = "bot"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="profile")
    display_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERSON)
    guest = models.BooleanField(default=False)
    picture = models.CharField(max_length=64, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=120, blank=True)
    send_tokens = models.FloatField(default=1_000_000.0)
    send_tokens_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.display_name
