"""All rows of all tables as lines of JSON, the same from every database."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Field, Model

CHUNK = 1000


class Digest:
    """What tells one set of lines from another, whatever order a database gives them in."""

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        self.count += 1
        self._sum += int.from_bytes(hashlib.sha256(line).digest())

    def __str__(self) -> str:
        return f"{self._sum % (1 << 256):064x}"


def tables() -> dict[str, type[Model]]:
    """Every table of the installation by its model's name, those of the libraries too."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: model for model in models if model._meta.managed and not model._meta.proxy}


def columns(model: type[Model]) -> list[str]:
    """The names of what a row holds."""
    return [field.attname for field in model._meta.concrete_fields]


def lines(model: type[Model]) -> Iterator[bytes]:
    """Each row as one line, in the order of its columns."""
    rows = model._base_manager.order_by("pk").values_list(*columns(model))
    for row in rows.iterator(chunk_size=CHUNK):
        yield (
            json.dumps(row, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"
        )


def empty(models: Iterable[type[Model]]) -> None:
    """Deletes all rows; foreign keys are looked at when the transaction ends."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


def fill(model: type[Model], names: Sequence[str], found: Iterable[bytes]) -> None:
    """Writes rows as they are, past every signal and default."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    chosen = [fields[name] for name in names]
    quote = connection.ops.quote_name
    into = ", ".join(quote(str(field.column)) for field in chosen)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({into}) VALUES ({', '.join(['%s'] * len(chosen))})"
    rows = ([_stored(field, value) for field, value in zip(chosen, json.loads(line), strict=True)] for line in found)
    with connection.cursor() as cursor:
        while chunk := list(islice(rows, CHUNK)):
            cursor.executemany(statement, chunk)


def count_on(models: Sequence[type[Model]]) -> None:
    """Lets the database number new rows behind those that were written with theirs."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _plain(value: datetime | date | time) -> str:
    """JSON has no times; nothing else in a row needs help."""
    return value.isoformat()


def _stored(field: "Field[Any, Any]", value: Any) -> Any:
    return field.get_db_prep_save(field.to_python(value), connection)
