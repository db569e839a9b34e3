"""
Many rows at once, each table by one prepared statement.

An import writes a row for each fact. Making each of them a model, or each part of them a statement of its own, takes
most of its time, and lets the number of queries grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Store new rows, without learning their keys. One query."""
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    insert_values(model, columns, ([getattr(row, column) for column in columns] for row in rows))


def insert_values(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store new rows, given as the values of these columns. One query."""
    prepared = list(_prepared(model, columns, rows))
    if not prepared:
        return
    names = ", ".join(_name(column) for column in columns)
    slots = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_name(model._meta.db_table)} ({names}) VALUES ({slots})",  # noqa: S608 - all of it is ours
            prepared,
        )


def update(model: type[models.Model], rows: Sequence[models.Model], columns: Sequence[str]) -> None:
    """Store these columns of rows that are there, and count a version where the rows have one. One query."""
    if not rows or not columns:
        return
    values = _prepared(model, [*columns, "id"], ([*(getattr(row, name) for name in columns), row.pk] for row in rows))
    sets = [f"{_name(column)} = %s" for column in columns]
    if any(field.attname == "version" for field in model._meta.concrete_fields):
        sets.append(f"{_name('version')} = {_name('version')} + 1")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_name(model._meta.db_table)} SET {', '.join(sets)} WHERE {_name('id')} = %s",  # noqa: S608 - ours
            list(values),
        )


def _name(name: str) -> str:
    return connection.ops.quote_name(name)


def _prepared(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[tuple[Any, ...]]:
    """The values as the database takes them. Most stand in many rows, and are made once."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    prepare = [fields[column].get_db_prep_save for column in columns]
    made: list[dict[Any, Any]] = [{} for _ in columns]
    places = range(len(columns))
    for row in rows:
        values = []
        for place in places:
            value = row[place]
            # True and 1 are equal, and so are 1 and 1.0.
            key = (value.__class__, value)
            try:
                values.append(made[place][key])
            except KeyError:
                values.append(made[place].setdefault(key, prepare[place](value, connection)))
            except TypeError:
                # A list has no hash.
                values.append(prepare[place](value, connection))
        yield tuple(values)
