"""
Many rows at once: all tables read by one statement, each written by one.

An import writes a row for each fact. Making each of them a model, or each part of them a statement of its own, takes
most of its time, and lets the number of queries grow with the file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from django.db import connection, models

Table = type[models.Model]

# What stands side by side when tables are read as one: the fields that databases keep in the same type.
_TYPES: tuple[tuple[str, tuple[type[models.Field[Any, Any]], ...]], ...] = (
    ("text", (models.CharField, models.TextField, models.JSONField)),
    ("bigint", (models.AutoField, models.ForeignKey, models.IntegerField)),
    ("double precision", (models.FloatField,)),
    ("boolean", (models.BooleanField,)),
)


def reserve(counts: Mapping[Table, int]) -> dict[Table, Sequence[int]]:
    """Give keys for so many new rows of each table, which nobody else gets. One query, in a transaction that writes."""
    keys: dict[Table, Sequence[int]] = dict.fromkeys(counts, ())
    tables = {table._meta.db_table: table for table, count in counts.items() if count}
    if not tables:
        return keys
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Nobody else writes until this transaction ends, and a row that comes with its key counts on from there.
            # What is put into the statement are its placeholders alone.
            slots = ", ".join(["%s"] * len(tables))
            cursor.execute(f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({slots})", list(tables))  # noqa: S608
            last = dict(cursor.fetchall())
            for name, table in tables.items():
                first = last.get(name, 0) + 1
                keys[table] = range(first, first + counts[table])
            return keys
        one = "SELECT %s, nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        wanted = [(name, _name(name), counts[table]) for name, table in tables.items()]
        cursor.execute(" UNION ALL ".join([one] * len(wanted)), [each for want in wanted for each in want])
        taken: dict[str, list[int]] = defaultdict(list)
        for name, key in cursor.fetchall():
            taken[name].append(key)
    return keys | {table: taken[name] for name, table in tables.items()}


def insert(
    table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, over: Sequence[str] | None = None
) -> None:
    """
    Store rows, given as the values of these columns, which are what an engine value or a column holds. One query.

    With `over`, a row whose key is there already takes its place in these columns, and counts a version if it has one.
    """
    values = _prepared(table, columns, rows)
    if not values:
        return
    names = ", ".join(map(_name, columns))
    statement = f"INSERT INTO {_name(table._meta.db_table)} ({names}) VALUES ({_slots(columns)})"  # noqa: S608 - ours
    if over:
        sets = [f"{_name(column)} = excluded.{_name(column)}" for column in over]
        if any(field.attname == "version" for field in table._meta.concrete_fields):
            sets.append(f"{_name('version')} = {_name(table._meta.db_table)}.{_name('version')} + 1")
        statement += f" ON CONFLICT ({_name('id')}) DO UPDATE SET {', '.join(sets)}"
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def update(table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store these columns of rows that are there, in their order; the last value of a row is its key. One query."""
    values = _prepared(table, [*columns, "id"], rows)
    if not values:
        return
    sets = ", ".join(f"{_name(column)} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_name(table._meta.db_table)} SET {sets} WHERE {_name('id')} = %s",  # noqa: S608 - ours
            values,
        )


def delete(table: Table, column: str, keys: Iterable[int]) -> None:
    """Delete the rows that have one of the keys there, and nothing that refers to them. One query."""
    values = [(key,) for key in keys]
    if not values:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {_name(table._meta.db_table)} WHERE {_name(column)} = %s",  # noqa: S608 - ours
            values,
        )


def read(columns_of: Mapping[Table, Sequence[str]], *, workspace: int) -> dict[Table, list[tuple[Any, ...]]]:
    """
    Give these columns of all rows that the workspace has in the tables. One query.

    JSON comes as text, and a boolean as whatever the database makes of it: 1 and 0, or True and False.
    """
    places = {table: [_type_of(table, column) for column in columns] for table, columns in columns_of.items()}
    width = {name: max(Counter(types)[name] for types in places.values()) for name, _ in _TYPES}
    selects = []
    pick: list[Callable[[tuple[Any, ...]], tuple[Any, ...]]] = []
    for number, (table, columns) in enumerate(columns_of.items()):
        # The first of all the columns says which table the row is of.
        chosen = [str(number)]
        order: dict[str, int] = {}
        for name, _ in _TYPES:
            own = [column for column, type_ in zip(columns, places[table], strict=True) if type_ == name]
            order |= {column: len(chosen) + place for place, column in enumerate(own)}
            chosen += [f"CAST({_name(column)} AS text)" if name == "text" else _name(column) for column in own]
            chosen += [f"CAST(NULL AS {name})"] * (width[name] - len(own))
        pick.append(itemgetter(*(order[column] for column in columns)))
        of_workspace = f"FROM {_name(table._meta.db_table)} WHERE {_name('workspace_id')} = %s"
        selects.append(f"SELECT {', '.join(chosen)} {of_workspace}")
    rows: dict[Table, list[tuple[Any, ...]]] = {table: [] for table in columns_of}
    take = [(rows[table].append, pick[number]) for number, table in enumerate(columns_of)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), [workspace] * len(selects))
        for row in cursor.fetchall():
            append, chosen_of = take[row[0]]
            append(chosen_of(row))
    return rows


def _type_of(table: Table, column: str) -> str:
    field = next(field for field in table._meta.concrete_fields if field.attname == column)
    return next(name for name, classes in _TYPES if isinstance(field, classes))


def _name(name: str) -> str:
    return connection.ops.quote_name(name)


def _slots(columns: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(columns))


def _prepared(table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """The values as the database takes them: moments and JSON are not yet so."""
    fields = {field.attname: field for field in table._meta.concrete_fields}
    made = [
        (place, _maker(fields[column]))
        for place, column in enumerate(columns)
        if isinstance(fields[column], (models.DateTimeField, models.JSONField))
    ]
    if not made:
        return list(rows)
    prepared: list[Sequence[Any]] = []
    for row in rows:
        values = list(row)
        for place, make in made:
            values[place] = make(values[place])
        prepared.append(values)
    return prepared


def _maker(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Prepare values of the field. Most stand in many rows, and are made once."""

    # True and 1 are equal, and so are 1 and 1.0.
    @cache
    def make(_: type, value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    def prepare(value: Any) -> Any:
        try:
            return make(value.__class__, value)
        except TypeError:
            # A list has no hash.
            return field.get_db_prep_save(value, connection)

    return prepare
