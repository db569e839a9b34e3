"""What the load of sessions asks is what a page asks and a meeting does; and what the server does with connections."""

import gc
import random
import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

from archreview.reviews.polling import LONGEST
from benchmarks.meetings import Item, steps_of
from benchmarks.session_load import FIRST_PAUSE, QUIET_AFTER, QUIET_PAUSE

ROOT = Path(__file__).resolve().parent.parent


def in_script(name):
    """A number of milliseconds that the page's script begins with."""
    script = (ROOT / "static" / "js" / "session.js").read_text()
    found = re.search(rf"(?:const|let) {name} = (\d+);", script)
    assert found is not None
    return int(found[1])


def test_the_load_asks_at_the_pace_of_the_page():
    assert (in_script("told"), in_script("QUIET"), in_script("QUIET_AFTER")) == tuple(
        1000 * seconds for seconds in (FIRST_PAUSE, QUIET_PAUSE, QUIET_AFTER)
    )


@pytest.mark.parametrize("begun", [0.0, 100.0, 239.0])
def test_at_whatever_point_a_meeting_is_its_group_does_everything_once_an_item(begun):
    items = [Item(key, f"edge-{key}", ("a", "b")) for key in (1, 2)]

    steps = list(steps_of(items, people=12, seconds=240, begun=begun, chance=random.Random(1)))

    assert Counter(step.what for step in steps) == {"vote": 48, "settle": 4, "outcome": 2, "move": 2}
    for item in items:
        own = [step for step in steps if step.item is item]
        assert max(step.at for step in own if step.what == "vote") < min(s.at for s in own if s.what == "settle")
        assert max(own, key=lambda step: step.at).what == "move"
    assert min(step.at for step in steps) >= -begun


@pytest.fixture
def server():
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def test_a_worker_does_not_look_for_garbage_in_what_it_has_loaded(server):
    before = gc.get_threshold()
    try:
        server["post_worker_init"](None)

        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == server["GARBAGE_AFTER"]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_a_connection_outlives_the_pause_between_two_questions(server):
    assert server["keepalive"] > max(LONGEST, QUIET_PAUSE)
