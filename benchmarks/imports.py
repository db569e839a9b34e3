"""
Measure the import of a large file: python -m benchmarks.imports

P8: what a first import of 2,000 services and 10,000 edges costs, and one that changes nothing, against the bare
insertion of the very rows that the first one stores. Beside it stands what reading the file and its preview take.
P13: how often these imports ask the database, which does not depend on their size.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from benchmarks.architectures import realistic

SERVICES, EDGES = 2_000, 10_000
RUNS = 3
FIRST, AGAIN = 3.0, 1.0
QUERIES = 12


def main() -> int:
    """Import in a database of its own, and print what it cost; 1 where it costs too much."""
    with tempfile.TemporaryDirectory(prefix="archreview-") as folder:
        os.environ |= {
            "DEMO": "1",
            "DATABASE_URL": f"sqlite:///{folder}/benchmark.sqlite3",
            "DJANGO_SETTINGS_MODULE": "archreview.settings",
        }
        return measure()


def measure() -> int:
    """Measure in the database that the environment names."""
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    from archreview.interchange.documents import Problems
    from archreview.interchange.native import read_architecture
    from archreview.interchange.writers.architecture import write_architecture
    from archreview.registry.actions import import_architecture, preview_import
    from archreview.registry.large_files import LIMITS_OF_WORKERS
    from archreview.registry.models import Channel, Edge, Flow, FlowStep, Service, Statement, System
    from archreview.workspaces.actions import create_workspace, delete_workspace

    call_command("migrate", verbosity=0)
    person = User.objects.create_user("benchmark")
    text = write_architecture(realistic(services=SERVICES, edges=EDGES))
    tables = (System, Service, Channel, Edge, Flow, FlowStep, Statement)
    times: dict[str, list[float]] = {}
    queries: Counter[str] = Counter()

    def counted(what: str) -> Callable[..., Any]:
        def run(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            queries[what] += not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"))
            return execute(sql, *rest)

        return run

    def timed(what: str, work: Callable[[], Any]) -> Any:
        begun = time.process_time()
        done = work()
        times.setdefault(what, []).append(time.process_time() - begun)
        return done

    def take_turns() -> None:
        space = create_workspace(name="Company", lead=person)
        sources = [("architecture.yaml", text)]
        read = timed("read", lambda: read_architecture(sources, problems=Problems(), limits=LIMITS_OF_WORKERS))
        told: dict[str, Any] = {"workspace": space, "architecture": read, "by": person, "source": "architecture.yaml"}
        timed("preview", lambda: preview_import(**told))
        with connection.execute_wrapper(counted("first")):
            timed("first", lambda: import_architecture(**told))
        with connection.execute_wrapper(counted("again")):
            timed("again", lambda: import_architecture(**told))
        stored = [(table._meta.db_table, _rows(connection, table._meta.db_table)) for table in tables]
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
            for table in reversed(tables):
                cursor.execute(f"DELETE FROM {table._meta.db_table}")  # noqa: S608 - the tables of the product
            # The bare insertion, too, goes into tables that check what they are given.
            cursor.execute("PRAGMA foreign_keys = ON")
        timed("raw", lambda: _insert(connection, stored))
        delete_workspace(space)

    for _ in range(RUNS):
        take_turns()
    asked = {what: count // RUNS for what, count in queries.items()}
    least = {what: min(each) for what, each in times.items()}
    first, again = least["first"] / least["raw"], least["again"] / least["raw"]
    sys.stdout.write(
        f"P8   first import / the same rows inserted bare  {first:6.2f}  (at most {FIRST})\n"
        f"     unchanged import / the same               {again:8.2f}  (at most {AGAIN})\n"
        f"P13  queries of the first import          {asked['first']:9}  (at most {QUERIES})\n"
        f"     queries of the unchanged one         {asked['again']:9}  (at most {QUERIES})\n"
        f"     {SERVICES:,} services, {EDGES:,} edges, {len(text) / 1e6:.1f} MB: "
        + ", ".join(f"{what} {seconds:.1f} s" for what, seconds in least.items())
        + " of processor\n"
    )
    return int(first > FIRST or again > AGAIN or max(asked.values()) > QUERIES)


def _rows(connection: Any, table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - the tables of the product
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _insert(connection: Any, stored: list[tuple[str, list[tuple[Any, ...]]]]) -> None:
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in stored:
            if rows:
                slots = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({slots})", rows)  # noqa: S608 - as above


if __name__ == "__main__":
    sys.exit(main())
