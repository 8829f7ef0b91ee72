"""Pictures of people: what was uploaded is never kept, only a small picture drawn anew from it."""

import hashlib
import io
import re
import secrets
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from PIL import Image, ImageOps

from chat.domain.errors import Invalid, NotFound, TooLarge
from chat.services._record import lock_people, write_transaction
from chat.services.limits import spend
from chat.services.memberships import show_anew

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 20_000_000
"""Of what is decoded; a large JPEG is decoded smaller at once."""
SIDE = 256
NAME = re.compile(r"[0-9a-f]{32}\.webp")
NO_PICTURE = "This is not a PNG, JPEG, GIF or WebP picture that can be read."


def set_picture(*, actor: AbstractUser, upload: BinaryIO) -> None:
    """Makes this the actor's picture, in open pages too.

    Raises TooLarge for too many bytes, Invalid for what is no picture or too big, RateLimited.
    """
    spend("NAMES_PER_PERSON", actor.pk)
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TooLarge(fields={"picture": "At most 5 MB."})
    drawn = _draw(data)
    name = hashlib.sha256(b"%d " % actor.pk + drawn).hexdigest()[:32] + ".webp"
    _folder().mkdir(parents=True, exist_ok=True)
    draft = _folder() / f".{name}.{secrets.token_hex(4)}"
    draft.write_bytes(drawn)
    draft.rename(_folder() / name)
    _replace(actor.pk, name)
    show_anew(actor=actor, person=actor)


def remove_picture(*, actor: AbstractUser) -> None:
    """Takes the actor's picture away."""
    _replace(actor.pk, "")


def picture(*, name: str) -> bytes:
    """A WebP picture by the name that a profile gives it. Raises NotFound."""
    if not NAME.fullmatch(name):
        raise NotFound()
    try:
        return (_folder() / name).read_bytes()
    except FileNotFoundError as error:
        raise NotFound() from error


def _replace(user_id: int, name: str) -> None:
    with write_transaction():
        profile = lock_people([user_id])[user_id]
        former, profile.picture = profile.picture, name
        profile.save(update_fields=["picture"])
    if former and former != name:
        (_folder() / former).unlink(missing_ok=True)


def _draw(data: bytes) -> bytes:
    """A square WebP of what `data` shows, with nothing else that was in the file."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as found:
            found.draft("RGB", (SIDE * 2, SIDE * 2))
            if found.width * found.height > MOST_PIXELS:
                raise Invalid(fields={"picture": f"At most {MOST_PIXELS // 1_000_000} million pixels."})
            small = ImageOps.fit(ImageOps.exif_transpose(found).convert("RGBA"), (SIDE, SIDE))
    except Invalid:
        raise
    except Exception as error:  # whatever a broken file makes its decoder raise
        raise Invalid(fields={"picture": NO_PICTURE}) from error
    drawn = io.BytesIO()
    Image.frombytes("RGBA", small.size, small.tobytes()).save(drawn, "WEBP", quality=82)
    return drawn.getvalue()


def _folder() -> Path:
    return Path(settings.UPLOADS) / "pictures"
