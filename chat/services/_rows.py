"""Many rows found, written or changed by one statement, at a fraction of what the ORM takes to build one."""

from collections.abc import Collection, Sequence
from types import NoneType
from typing import Any, TypeVar

from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.sql import Query

Row = TypeVar("Row", bound=Model)

MOST_VALUES = 10_000
"""Values of one statement."""
AS_THEY_ARE = (int, str, float, bool, NoneType)
"""What both databases take without a conversion, unless it is to be JSON."""


def read_keyed(
    model: type[Model], by: Sequence[str], keys: Collection[tuple[Any, ...]], columns: Sequence[str] = ("pk",)
) -> list[tuple[Any, ...]]:
    """`columns` (numbers and texts) of the rows whose columns `by` hold one of `keys`, by one look-up in an index each.

    A condition on each column by itself would have the database try all combinations of their values.
    """
    if not keys:
        return []
    quote, wanted = connection.ops.quote_name, _fields(model, columns)
    same = (f"t.{quote(field.column)} = v.column{place}" for place, field in enumerate(_fields(model, by), start=1))
    read = ", ".join(f"t.{quote(field.column)}" for field in wanted)
    rows = f"({_values(len(by), len(keys))}) AS v JOIN {quote(model._meta.db_table)} AS t ON {' AND '.join(same)}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {read} FROM {rows}", [value for key in keys for value in key])
        return list(cursor.fetchall())


def lock_rows(
    model: type[Row], by: str, values: Collection[Any], *, order: str, skip_locked: bool = False
) -> list[Row]:
    """The rows whose column `by` holds one of `values`, in this order, locked (not their keys) until the transaction
    ends; on SQLite the whole transaction is the lock."""
    if not values:
        return []
    quote, [given, sort] = connection.ops.quote_name, _fields(model, [by, order])
    columns = ", ".join(quote(field.column) for field in _fields(model))
    places = ", ".join(["%s"] * len(values))
    lock = (
        connection.ops.for_update_sql(no_key=True, skip_locked=skip_locked)
        if connection.features.has_select_for_update
        else ""
    )
    where = f"{quote(model._meta.db_table)} WHERE {quote(given.column)} IN ({places}) ORDER BY {quote(sort.column)}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {where} {lock}", list(values))
        return _made(model, cursor.fetchall())


def _made(model: type[Row], rows: Sequence[Any]) -> list[Row]:
    """Rows of all columns as instances."""
    fields = _fields(model)
    compiler = Query(model).get_compiler(connection=connection)
    converters = compiler.get_converters([field.cached_col for field in fields])
    names = [field.attname for field in fields]
    return [model.from_db(connection.alias, names, row) for row in compiler.apply_converters(rows, converters)]


def insert_rows(rows: Sequence[Model], *, unique: Sequence[str] = (), update: Sequence[str] = ()) -> None:
    """Writes new rows of one model, whose keys the database gives them; the rows do not learn these.

    Where a row with the same `unique` columns is there already, it gets the new values of `update`.
    """
    if not rows:
        return
    quote, meta = connection.ops.quote_name, rows[0]._meta
    fields = [field for field in _fields(type(rows[0])) if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    conflict = _on_conflict(rows[0], unique, update) if unique else ""
    most = MOST_VALUES // len(fields)
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        values = _values(len(fields), len(some))
        _execute(f"INSERT INTO {quote(meta.db_table)} ({columns}) {values}{conflict}", some, fields)


def update_rows(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Writes `columns` of all `rows`, which are of one model; none of the values may be None."""
    if not rows:
        return
    quote, fields = connection.ops.quote_name, _fields(type(rows[0]), ["pk", *columns])
    changes = ", ".join(f"{quote(field.column)} = v.column{place}" for place, field in enumerate(fields[1:], start=2))
    table, key = quote(rows[0]._meta.db_table), quote(fields[0].column)
    values = _values(len(fields), len(rows))
    _execute(f"UPDATE {table} SET {changes} FROM ({values}) AS v WHERE {table}.{key} = v.column1", rows, fields)


def _fields(model: type[Model], names: Sequence[str] | None = None) -> list[Any]:
    """The fields of these names; all when none are named."""
    if names is None:
        return list(model._meta.concrete_fields)
    return [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in names]


def _on_conflict(row: Model, unique: Sequence[str], update: Sequence[str]) -> str:
    quote = connection.ops.quote_name
    same = ", ".join(quote(field.column) for field in _fields(type(row), unique))
    new = (quote(field.column) for field in _fields(type(row), update))
    return f" ON CONFLICT ({same}) DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in new)}"


def _values(width: int, count: int) -> str:
    """Room for so many rows; both databases name their columns column1, column2 and so on."""
    places = "(" + ", ".join(["%s"] * width) + ")"
    return f"VALUES {', '.join([places] * count)}"


def _execute(statement: str, rows: Sequence[Model], fields: Sequence[Any]) -> None:
    ready = [(field, field.attname, isinstance(field, JSONField)) for field in fields]
    values = [
        value
        if type(value := getattr(row, name)) in AS_THEY_ARE and not as_json
        else field.get_db_prep_save(value, connection)
        for row in rows
        for field, name, as_json in ready
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
