"""Several processes write decisions into one workspace at the same time."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection

from archreview.workspaces.actions import create_workspace

ROOT = Path(__file__).resolve().parent.parent.parent
WRITERS, EACH = 3, 20


@pytest.fixture
def environment(tmp_path, transactional_db):
    """
    The settings of processes that share a database: on PostgreSQL that of the test, on SQLite a copy of it in a file.
    """
    user = User.objects.create_user("writer")
    for slug in ("careful", "careless", "importing"):
        create_workspace(name=slug, slug=slug, lead=user)
    if connection.vendor == "sqlite":
        path = tmp_path / "shared.sqlite3"
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
        url = f"sqlite:///{path}"
    else:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}


def write_at_once(environment, how):
    """Let all writers run side by side; give the numbers that they were given, and how many tries were refused."""
    command = [sys.executable, "-m", "tests.decisions.concurrent_writers", how, str(EACH)]
    writers = [
        subprocess.Popen(
            command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        for _ in range(WRITERS)
    ]
    # They begin together, however long one of them takes to be there.
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
    given = " ".join(writer.communicate(timeout=300)[0] for writer in writers).split()
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    return sorted(int(number) for number in given if number != "refused"), given.count("refused")


@pytest.mark.parametrize("way", ["careful", "importing"])
def test_numbers_have_no_holes_and_no_doubles_whoever_writes_at_once(environment, way):
    numbers, refused = write_at_once(environment, way)

    assert refused == 0
    assert numbers == list(range(1, WRITERS * EACH + 1))


def test_without_the_lock_writers_do_collide(environment):
    _, refused = write_at_once(environment, "careless")

    assert refused > 0
