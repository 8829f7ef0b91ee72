"""Many rows found or changed by one statement in a form that the ORM does not have.

A condition on each column by itself would have the database try all combinations of their values, and a CASE for each
row takes longer to build than the database takes to run it.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def read_keyed(
    model: type[Model], by: Sequence[str], keys: Collection[tuple[Any, ...]], columns: Sequence[str] = ("pk",)
) -> list[tuple[Any, ...]]:
    """`columns` (numbers and texts) of the rows whose columns `by` hold one of `keys`, each looked up in an index."""
    if not keys:
        return []
    quote, wanted = connection.ops.quote_name, _fields(model, columns)
    same = (f"t.{quote(field.column)} = v.column{place}" for place, field in enumerate(_fields(model, by), start=1))
    read = ", ".join(f"t.{quote(field.column)}" for field in wanted)
    rows = f"({_values(len(by), len(keys))}) AS v JOIN {quote(model._meta.db_table)} AS t ON {' AND '.join(same)}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {read} FROM {rows}", [value for key in keys for value in key])
        return list(cursor.fetchall())


def update_rows(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Writes `columns` of all `rows`, which are of one model; none of the values may be None."""
    if not rows:
        return
    quote, fields = connection.ops.quote_name, _fields(type(rows[0]), ["pk", *columns])
    changes = ", ".join(f"{quote(field.column)} = v.column{place}" for place, field in enumerate(fields[1:], start=2))
    table, key = quote(rows[0]._meta.db_table), quote(fields[0].column)
    values = _values(len(fields), len(rows))
    stored = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {changes} FROM ({values}) AS v WHERE {table}.{key} = v.column1", stored)


def _fields(model: type[Model], names: Sequence[str]) -> list[Any]:
    return [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in names]


def _values(width: int, count: int) -> str:
    """Room for so many rows; both databases name their columns column1, column2 and so on."""
    places = "(" + ", ".join(["%s"] * width) + ")"
    return f"VALUES {', '.join([places] * count)}"
