"""Answers and facts that people state, alone and at the same time."""

import sqlite3
import threading
from contextlib import closing

import pytest
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from archreview.registry.actions import answer_question, import_architecture, state_facts
from archreview.registry.architectures import load_architecture
from archreview.registry.models import Edge, Service, Statement
from archreview.registry.models.statement import State
from archreview.registry.queries import history_of, said_of
from archreview.workspaces.models import Workspace
from tests.registry.conftest import SHOP, architecture_of


@pytest.fixture
def edge(shop):
    return Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")


@pytest.mark.parametrize("value", [True, False, None])
def test_it_keeps_who_answered_what_and_why(edge, member, value):
    answer_question(edge=edge, key="can_poll", value=value, note="asked the callers", by=member)

    assert edge.answer_can_poll is value
    (statement,) = history_of(edge)["answers.can_poll"]
    assert (statement.value, statement.by, statement.note, statement.user) == (
        value,
        "milo",
        "asked the callers",
        member,
    )
    assert said_of(edge)["answers.can_poll"].by == "milo"


def test_it_tells_the_earlier_answer(edge, member, owner):
    answer_question(edge=edge, key="long_running", value=True, by=member)
    answer_question(edge=edge, key="long_running", value=None, by=owner)

    history = [(one.value, one.by, one.source, one.state) for one in history_of(edge)["answers.long_running"]]

    assert history == [
        (None, "olivia", "", State.CURRENT),
        (False, "ana", "architecture.yaml", State.BESIDE),
        (True, "milo", "", State.REPLACED),
    ]


def test_it_counts_the_change(edge, member):
    revision = edge.workspace.revision
    answer_question(edge=edge, key="fan_out", value=True, by=member)

    assert edge.workspace.revision == revision + 1


def test_a_measurement_does_not_overwrite_a_person(edge, member):
    state_facts(subject=edge, values={"latency_p99_ms": 80.0}, by=member)
    state_facts(subject=edge, values={"latency_p99_ms": 120.0}, by=member, source="traces")

    assert edge.latency_p99_ms == 80
    loaded = next(one for one in load_architecture(edge.workspace).edges if one.id == edge.slug)
    assert loaded.differing == ("latency_p99_ms",)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"latency_p50_ms": 50.0, "latency_p99_ms": 40.0}, "latency_p50_ms"),
        ({"timeout_ms": -1.0}, "timeout_ms"),
        ({"timeout_ms": float("nan")}, "timeout_ms"),
        ({"latency_p99_ms": float("inf")}, "latency_p99_ms"),
        ({"retries": 2**63}, "retries"),
        ({"retries": 1.5}, "retries"),
        ({"style": "pigeon"}, "style"),
        ({"technology": ""}, "technology"),
        ({"saga": "a\x00b"}, "saga"),
        ({"saga": "pay\u202ement"}, "saga"),
        ({"saga": "\ud800"}, "saga"),
        ({"expectation": "x" * 4001}, "expectation"),
        ({"channel": "no-such-channel"}, "channel"),
        ({"target": "cart"}, "target"),
        ({"circuit_breaker": "yes"}, "circuit_breaker"),
    ],
)
def test_it_refuses_what_cannot_be(edge, member, values, field):
    before = load_architecture(edge.workspace)

    with pytest.raises(ValidationError) as refusal:
        state_facts(subject=edge, values=values, by=member)

    assert field in refusal.value.message_dict
    assert load_architecture(edge.workspace) == before


def test_a_hostile_note_is_refused(edge, member):
    with pytest.raises(ValidationError):
        answer_question(edge=edge, key="can_poll", value=True, note="\x00", by=member)


def test_there_is_no_other_question(edge, member):
    with pytest.raises(ValidationError):
        answer_question(edge=edge, key="style", value=True, by=member)


def test_a_service_with_calls_cannot_become_a_datastore(shop, member):
    service = Service.objects.get(workspace=shop, slug="cart")
    with pytest.raises(ValidationError) as refusal:
        state_facts(subject=service, values={"kind": "datastore"}, by=member)

    assert "Edge cart-inventory" in " ".join(refusal.value.messages)
    service.refresh_from_db()
    assert service.kind == "service"


# --- Many at once ------------------------------------------------------------------------------

KEYS = ("immediate_feedback", "eventual_consistency_ok", "needs_result", "can_poll")
ROUNDS = 6


def at_once(*tasks):
    """Run the tasks at the same time, each on a connection of its own; raise what any of them raised."""
    errors = []
    barrier = threading.Barrier(len(tasks))

    def run(task):
        try:
            barrier.wait(timeout=120)
            task()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.fixture
def on_disk(transactional_db, tmp_path):
    """
    A database that every connection sees for itself.

    The test database of SQLite lives in memory and in one connection: a copy of it in a file takes its place.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(tmp_path / "archreview.sqlite3")) as copy:
        connection.connection.backup(copy)
    in_memory, settings = connections[DEFAULT_DB_ALIAS], connections.settings[DEFAULT_DB_ALIAS]
    connections.settings[DEFAULT_DB_ALIAS] = {**settings, "NAME": str(tmp_path / "archreview.sqlite3")}
    connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
    yield
    connections[DEFAULT_DB_ALIAS].close()
    connections.settings[DEFAULT_DB_ALIAS] = settings
    connections[DEFAULT_DB_ALIAS] = in_memory


@pytest.mark.django_db(transaction=True)
def test_answers_to_different_questions_at_once_are_all_kept(on_disk, edge, member, owner):
    def answering(key, by):
        def task():
            for turn in range(ROUNDS):
                mine = Edge.objects.select_related("workspace").get(pk=edge.pk)
                answer_question(edge=mine, key=key, value=turn % 2 == 0, note=f"turn {turn}", by=by)

        return task

    revision = edge.workspace.revision
    at_once(*(answering(key, by) for key, by in zip(KEYS, (member, owner, member, owner), strict=True)))

    edge.refresh_from_db()
    edge.workspace.refresh_from_db()
    assert [getattr(edge, f"answer_{key}") for key in KEYS] == [False] * len(KEYS)
    assert edge.workspace.revision == revision + ROUNDS * len(KEYS)
    for key in KEYS:
        statements = Statement.objects.filter(edge=edge, fact=f"answers.{key}", source="")
        assert statements.count() == ROUNDS
        assert statements.filter(state=State.CURRENT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_to_one_question_at_once_leave_one_current(on_disk, edge, member, owner):
    def answering(by, value):
        def task():
            for turn in range(ROUNDS):
                mine = Edge.objects.select_related("workspace").get(pk=edge.pk)
                answer_question(edge=mine, key="fan_out", value=value, note=f"turn {turn}", by=by)

        return task

    at_once(answering(member, True), answering(owner, False))

    edge.refresh_from_db()
    current = Statement.objects.get(edge=edge, fact="answers.fan_out", state=State.CURRENT)
    assert current.value is edge.answer_fan_out
    assert Statement.objects.filter(edge=edge, fact="answers.fan_out").count() == 2 * ROUNDS


@pytest.mark.django_db(transaction=True)
def test_an_import_at_the_same_time_loses_no_answer(on_disk, edge, member, owner):
    """The file says otherwise each time; the person is heard before it whichever comes first."""

    def answering():
        for turn in range(ROUNDS):
            mine = Edge.objects.select_related("workspace").get(pk=edge.pk)
            answer_question(edge=mine, key="immediate_feedback", value=False, note=f"turn {turn}", by=member)

    def importing():
        workspace = Workspace.objects.get(pk=edge.workspace_id)
        for turn in range(ROUNDS):
            text = SHOP.replace("name: Reserve stock", f"name: Reserve stock {turn}")
            import_architecture(
                workspace=workspace, architecture=architecture_of(text), by=owner, source="architecture.yaml"
            )

    at_once(answering, importing)

    edge.refresh_from_db()
    assert (edge.answer_immediate_feedback, edge.name) == (False, f"Reserve stock {ROUNDS - 1}")
    said = Statement.objects.filter(edge=edge, fact="answers.immediate_feedback").exclude(state=State.REPLACED)
    assert sorted((one.source, one.state) for one in said) == [
        ("", State.CURRENT),
        ("architecture.yaml", State.BESIDE),
    ]


@pytest.mark.django_db(transaction=True)
def test_reading_and_saving_the_whole_row_would_lose_answers(on_disk, edge):
    """The negative control: done carelessly, this very test loses what it should keep."""
    barrier = threading.Barrier(2, timeout=120)

    def careless(key):
        def task():
            mine = Edge.objects.get(pk=edge.pk)
            barrier.wait()
            setattr(mine, f"answer_{key}", True)
            with transaction.atomic():
                mine.save()

        return task

    at_once(careless("can_poll"), careless("fan_out"))

    edge.refresh_from_db()
    assert [edge.answer_can_poll, edge.answer_fan_out].count(True) == 1
