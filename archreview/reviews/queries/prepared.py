"""A cursor for what is asked hundreds of times a second: the database plans it once."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


class _Prepared(Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **more: Any) -> _Prepared:
        return super().execute(query, params, **{**more, "prepare": True})


def prepared_cursor() -> CursorWrapper:
    """
    A cursor of the present connection, under which each statement is planned once and kept, where the connection lets
    statements be prepared, as that of the server's loop does.

    PostgreSQL takes longer to plan a short question than to answer it, and Django, which writes values into the
    statement, has it planned each time. SQLite keeps statements anyway.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = _Prepared(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
