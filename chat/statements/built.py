"""Statements that run over and over: built by the ORM once, with room for values that come later.

Building one takes the ORM far longer than the database takes to run it; see docs/decisions/statements-built-once.md.
"""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, QuerySet

Converters = list[tuple[int, Any, list[Callable[[Any, Any, Any], Any]]]]


class Given(Expression):
    """A value that comes when the statement is run, under this name; `of` tells what it is."""

    def __init__(self, name: str, of: "Field[Any, Any]") -> None:
        super().__init__(output_field=of)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def prepared(self, value: Any) -> Any:
        """The value as the database takes it."""
        return self.output_field.get_db_prep_value(value, connection)


class GivenMany(Given):
    """Any number of values (numbers or texts), for `__in`. The statement is the same however many there are."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "(SELECT value FROM json_each(%s))", [self]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        # The planner looks into the array for how many they are, into JSON it does not.
        return f"(SELECT unnest(%s::{self.output_field.cast_db_type(connection)}[]))", [self]

    def prepared(self, value: Any) -> Any:
        return json.dumps(list(value)) if connection.vendor == "sqlite" else list(value)


class Statement:
    """A query of the ORM. `build` is called once, when it is run for the first time."""

    def __init__(self, build: Callable[[], QuerySet[Any]]) -> None:
        self._build = build

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """What it finds with these values, as tuples of its columns."""
        sql, parameters, converters, _ = self._built
        values = [each.prepared(given[each.name]) if isinstance(each, Given) else each for each in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return [_converted(row, converters) for row in found] if converters else found

    def objects(self, **given: Any) -> list[Any]:
        """What it finds with these values, as instances of its model with its annotations."""
        rows = self.rows(**given)
        _, _, _, found = self._built
        names = [field.attname for field in found.model._meta.concrete_fields]
        return [_object(found, names, row) for row in rows]

    @cached_property
    def _built(self) -> tuple[str, tuple[Any, ...], Converters, Any]:
        rows = self._build()
        compiler = rows.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        chosen = [column for column, _, _ in compiler.select]
        converters = [(place, column, convert) for place, (convert, column) in compiler.get_converters(chosen).items()]
        return sql, parameters, converters, rows


def _object(found: QuerySet[Any], names: list[str], row: tuple[Any, ...]) -> Any:
    instance = found.model.from_db(connection.alias, names, row[: len(names)])
    for name, value in zip(found.query.annotation_select, row[len(names) :], strict=True):
        setattr(instance, name, value)
    return instance


def _converted(row: tuple[Any, ...], converters: Converters) -> tuple[Any, ...]:
    values = list(row)
    for place, column, convert in converters:
        for each in convert:
            values[place] = each(values[place], column, connection)
    return tuple(values)
