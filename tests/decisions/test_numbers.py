"""Several processes write decisions into one workspace at the same time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
WRITERS, EACH = 4, 12
PREPARE = """
import django; django.setup()
from django.core.management import call_command
from django.contrib.auth.models import User
from archreview.workspaces.actions import create_workspace
call_command("migrate", verbosity=0)
user = User.objects.create_user("writer")
for slug in ("careful", "careless"):
    create_workspace(name=slug, slug=slug, lead=user)
"""
READ = """
import django; django.setup()
from archreview.decisions.models import Decision
print(*sorted(Decision.objects.filter(workspace__slug="{how}").values_list("number", flat=True)))
"""


@pytest.fixture
def environment(tmp_path):
    """The settings of processes that share a file of SQLite, which is where this product starts."""
    if connection.vendor != "sqlite":
        pytest.skip("the processes share a file of SQLite")
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True, cwd=ROOT)
    return environment


def write_at_once(environment, how):
    """Let all writers run side by side; give the numbers that came about and how many tries were refused."""
    command = [sys.executable, "-m", "tests.decisions.concurrent_writers", how, str(EACH), how]
    writers = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(WRITERS)
    ]
    outputs = [writer.communicate(timeout=120)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    refused = sum(int(output) for output in outputs)
    read = subprocess.run(
        [sys.executable, "-c", READ.format(how=how)],
        env=environment,
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return [int(number) for number in read.stdout.split()], refused


def test_numbers_have_no_holes_and_no_doubles_whoever_writes_at_once(environment):
    numbers, refused = write_at_once(environment, "careful")

    assert refused == 0
    assert numbers == list(range(1, WRITERS * EACH + 1))


def test_without_the_lock_writers_do_collide(environment):
    _, refused = write_at_once(environment, "careless")

    assert refused > 0
