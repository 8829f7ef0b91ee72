"""Which version of the page this is: browsers that have an older one load it anew."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from django.conf import settings

STATIC = Path(__file__).resolve().parents[1] / "static"


@cache
def version() -> str:
    """A name for what browsers load: another one for every other content of it."""
    digest = sha256()
    engines = cast(list[dict[str, Any]], settings.TEMPLATES)
    folders = [STATIC, *(Path(folder) for engine in engines for folder in engine["DIRS"])]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
