"""A process that takes votes is killed in the middle: no vote that it has acknowledged is lost."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from archreview.reviews.actions.running import open_session
from archreview.reviews.actions.taking_part import join
from archreview.reviews.actions.voting import vote
from archreview.reviews.models import Vote
from benchmarks.session_load import Tally, lost_votes
from tests.reviews.meetings import QUESTION, planned_session

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = 4


@pytest.fixture
def world(tmp_path, transactional_db, shop, owner, member):
    """An open session, in a database that processes share: the environment for them, and how to read the last vote."""
    shop.refresh_from_db()
    session = planned_session(shop, owner)
    open_session(session, by=owner)
    for person in (owner, member):
        join(session, user=person, may_vote=True)
    if connection.vendor == "sqlite":
        path = tmp_path / "shared.sqlite3"
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
        url = f"sqlite:///{path}"

        def stored():
            with sqlite3.connect(path) as file:
                assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                row = file.execute("SELECT why FROM reviews_vote").fetchone()
            return int(row[0]) if row else 0
    else:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()

        def stored():
            why = Vote.objects.values_list("why", flat=True).first()
            return int(why) if why else 0

    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return environment | {"PYTHONPATH": str(ROOT)}, stored


def last_acknowledged(environment, way, chance):
    """Let the process vote for a moment, kill it, and give the last vote that it said was stored."""
    command = [sys.executable, "-m", "tests.reviews.voters", way]
    voter = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert voter.stdout is not None
    first = voter.stdout.readline()
    time.sleep(chance.uniform(0.05, 0.3))
    voter.kill()
    rest = voter.communicate()[0]
    # The last line may be cut off, as any acknowledgement may be on its way.
    lines = (first + rest).decode().split("\n")[:-1]
    return int(lines[-1])


def test_a_vote_that_was_acknowledged_survives_the_death_of_the_server(world):
    environment, stored = world
    chance = random.Random(1)
    for _ in range(KILLS):
        acknowledged = last_acknowledged(environment, "careful", chance)

        assert stored() >= acknowledged > 0


def test_an_acknowledgement_before_the_commit_would_lose_votes(world):
    environment, stored = world
    chance = random.Random(1)
    lost = 0
    for _ in range(KILLS):
        acknowledged = last_acknowledged(environment, "careless", chance)
        lost += stored() != acknowledged
    assert lost > 0


def test_the_load_finds_a_vote_that_is_not_stored_as_it_was_acknowledged(shop, owner, member):
    shop.refresh_from_db()
    item = planned_session(shop, owner).items.get(edge="cart-inventory")
    vote(item, QUESTION, by=member, value=True, why="000002")

    def lost(acknowledged):
        return lost_votes(Tally(acknowledged=acknowledged))

    fact = QUESTION.fact
    assert lost({("milo", item.pk, fact): "000002"}) == 0
    assert lost({("milo", item.pk, fact): "000001"}) == 0
    assert lost({("milo", item.pk, fact): "000003"}) == 1
    assert lost({("olivia", item.pk, fact): "000001"}) == 1
