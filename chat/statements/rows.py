"""Many rows found, written or changed by one statement that is the same for any number of them.

The ORM would have the database try all combinations of keys, and takes longer to build such a statement than the
database to run it; see docs/decisions/statements-built-once.md.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from django.db import connection
from django.db.models import BooleanField, CharField, Field, FloatField, ForeignKey, IntegerField, Model, TextField

Columns = tuple[str, ...]
Row = tuple[Any, ...]
PLAIN = (BooleanField, CharField, FloatField, ForeignKey, IntegerField, TextField)
"""What SQLite's driver takes as it is."""


def read_keyed(model: type[Model], by: Columns, keys: Collection[Row], columns: Columns = ("pk",)) -> list[Row]:
    """`columns` (numbers and texts) of the rows whose columns `by` hold one of `keys`, each looked up in an index."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_reading(model, by, columns), _listed(keys))
        return list(cursor.fetchall())


def insert_rows(model: type[Model], columns: Columns, rows: Collection[Row], *, key: Columns = ()) -> None:
    """Writes new rows; columns that are not named take their model's default.

    With a `key`, the columns of a unique constraint, a row that is there already takes the new values.
    """
    defaults = {field.name: field.get_default() for field in _others(model, columns)}
    if rows:
        names = (*columns, *defaults)
        _run(_insertion(model, names, key), _fields(model, names), [(*row, *defaults.values()) for row in rows])


def update_rows(model: type[Model], columns: Columns, rows: Collection[Row]) -> None:
    """Changes these columns; each of `rows` is a primary key and its row's new values."""
    if rows:
        _run(_change(model, columns), _fields(model, ("pk", *columns)), rows)


def _run(statement: str, fields: "Sequence[Field[Any, Any]]", rows: Collection[Row]) -> None:
    """PostgreSQL takes all rows as one list, SQLite one after another, each at a fraction of the other way's cost."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(statement, _prepared(fields, rows))
        else:
            cursor.execute(statement, _listed(rows))


def _prepared(fields: "Sequence[Field[Any, Any]]", rows: Collection[Row]) -> list[list[Any]]:
    """The values as SQLite takes them. Most need no change, and the times of a batch are mostly the same."""
    changing = [(place, field) for place, field in enumerate(fields) if not isinstance(field, PLAIN)]
    known: dict[tuple[int, str], Any] = {}

    def prepared(place: int, field: "Field[Any, Any]", value: Any) -> Any:
        key = (place, repr(value))
        if key not in known:
            known[key] = field.get_db_prep_save(value, connection)
        return known[key]

    found = [list(row) for row in rows]
    for place, field in changing:
        for row in found:
            row[place] = prepared(place, field, row[place])
    return found


# --- the statements, each written once --------------------------------------------------------------------------------


@lru_cache
def _reading(model: type[Model], by: Columns, columns: Columns) -> str:
    keys = _fields(model, by)
    read = ", ".join(f"t.{_name(field)}" for field in _fields(model, columns))
    same = " AND ".join(f"t.{_name(field)} = v.c{place}" for place, field in enumerate(keys))
    if connection.vendor == "sqlite":
        parts = ", ".join(f"json_extract(value, '$[{place}]') AS c{place}" for place in range(len(keys)))
        found = f"SELECT {parts} FROM json_each(%s)"
    else:
        found = _recordset(keys)
    return f"SELECT {read} FROM ({found}) AS v JOIN {_table(model)} AS t ON {same}"


@lru_cache
def _insertion(model: type[Model], names: Columns, key: Columns) -> str:
    fields = _fields(model, names)
    columns = ", ".join(map(_name, fields))
    # SQLite takes ON for that of a join unless WHERE comes before it.
    statement = f"INSERT INTO {_table(model)} ({columns}) SELECT * FROM ({_given(fields)}) AS v WHERE true"
    if key:
        same = ", ".join(map(_name, _fields(model, key)))
        renewed = (_name(field) for field in fields if field.name not in key)
        statement += f" ON CONFLICT ({same}) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in renewed)}"
    return statement


@lru_cache
def _change(model: type[Model], columns: Columns) -> str:
    pk, *fields = _fields(model, ("pk", *columns))
    table = _table(model)
    changes = ", ".join(f"{_name(field)} = v.c{place}" for place, field in enumerate(fields, start=1))
    return f"UPDATE {table} SET {changes} FROM ({_given([pk, *fields])}) AS v WHERE {table}.{_name(pk)} = v.c0"


def _given(fields: "Sequence[Field[Any, Any]]") -> str:
    """The rows to write, as `_run` gives them: one, or a list of them."""
    if connection.vendor == "sqlite":
        return f"SELECT {', '.join(f'%s AS c{place}' for place in range(len(fields)))}"
    return _recordset(fields)


def _recordset(fields: "Sequence[Field[Any, Any]]") -> str:
    # A length would have too long a text cut off in silence.
    kinds = (str(field.db_type(connection)).partition("(")[0] for field in fields)
    columns = ", ".join(f"c{place} {kind}" for place, kind in enumerate(kinds))
    # The limit tells the planner how many there are, which it cannot see in JSON.
    return f"SELECT * FROM json_to_recordset(%s::json) AS r({columns}) LIMIT %s"


def _listed(rows: Collection[Row]) -> list[Any]:
    """Rows in JSON: as objects for PostgreSQL, which tells columns by name, and how many they are; else as lists."""
    if connection.vendor == "sqlite":
        return [msgspec.json.encode(list(rows)).decode()]
    width = len(next(iter(rows)))
    names = [f"c{place}" for place in range(width)]
    return [msgspec.json.encode([dict(zip(names, row, strict=True)) for row in rows]).decode(), len(rows)]


@lru_cache
def _fields(model: type[Model], names: Columns) -> "tuple[Field[Any, Any], ...]":
    return tuple(model._meta.pk if name == "pk" else model._meta.get_field(name) for name in names)  # type: ignore[misc]


@lru_cache
def _others(model: type[Model], names: Columns) -> "tuple[Field[Any, Any], ...]":
    """The columns that a new row has beside these, without the key that the database gives."""
    return tuple(field for field in model._meta.concrete_fields if field.name not in names and not field.primary_key)


def _name(field: "Field[Any, Any]") -> str:
    return connection.ops.quote_name(str(field.column))


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
