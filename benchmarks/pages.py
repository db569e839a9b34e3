"""
Measure the pages: python -m benchmarks.pages

Each page is asked for as a browser asks, in one process and without a network, from a database of its own that is
thrown away. Told are the processor time of the server, its ratio to HELLO (a page without a person and without a
template), and the queries. The catalog is in memory and so is the analysis, but where the line says otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archreview.engine.model import Architecture
from benchmarks.architectures import realistic
from benchmarks.measure import processor_time

if TYPE_CHECKING:
    from django.test import Client

# Services and edges: as the engine's benchmark has S and M; the middle is what one company's first review looks like.
SIZES = {"S": (100, 300), "one company": (200, 1_000), "M": (2_000, 10_000)}
WORKSPACE = "measured"
HTMX = {"HX-Request": "true"}


class Page(NamedTuple):
    """
    What is measured: its name, what asks for it and gives the status, the most milliseconds that it may take or the
    most times HELLO, and the status that it should give.
    """

    name: str
    ask: Callable[[], int]
    most_ms: float | None = None
    most_hello: float | None = None
    status: int = 200


def begin(folder: Path) -> None:
    """Set Django up on an empty database in the folder, with the catalog in it."""
    os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'pages.sqlite3'}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def fill(architecture: Architecture) -> Client:
    """Make a workspace of the architecture; gives a browser in which its lead is signed in."""
    from django.contrib.auth.models import User
    from django.test import Client

    from archreview.registry.actions import import_architecture
    from archreview.workspaces.actions import create_workspace

    lead = User.objects.create_user("lea")
    workspace = create_workspace(name="Measured", slug=WORKSPACE, lead=lead)
    import_architecture(workspace=workspace, architecture=architecture, by=lead, source="architecture.yaml")
    client = Client(SERVER_NAME="localhost")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pages_of(client: Client, architecture: Architecture) -> list[Page]:
    """Give the pages that people have open most, each on the busiest thing of its kind."""
    from archreview.reviews.analyses import forget_analyses

    calls = Counter(edge.source for edge in architecture.edges if edge.style == "request_response")
    service = calls.most_common(1)[0][0]
    edge = next(e.id for e in architecture.edges if e.source == service and e.style == "request_response")
    flow = max(architecture.flows, key=lambda flow: sum(1 for _ in flow.walk())).id
    answers = cycle(("true", "false"))  # one that differs from the last, or nothing has to be computed again

    def page(path: str) -> Callable[[], int]:
        return lambda: client.get(f"/w/{WORKSPACE}/{path}").status_code

    def home_of_a_new_process() -> int:
        forget_analyses()
        return client.get(f"/w/{WORKSPACE}/").status_code

    def answer() -> int:
        posted = {"fact": "answers.needs_result", "answer": next(answers), "note": ""}
        return client.post(f"/w/{WORKSPACE}/edges/{edge}/answer/", posted, headers=HTMX).status_code

    poll = session_about(edge)

    return [
        Page(
            "news of a session, where there is none",
            lambda: client.get(poll, headers=HTMX).status_code,
            most_hello=1.5,
            status=204,
        ),
        Page("answer to a question, on the edge's page", answer, most_ms=150),
        Page("edge", page(f"edges/{edge}/")),
        Page("home", page("")),
        Page("home, with the analysis still to be made", home_of_a_new_process),
        Page("service", page(f"services/{service}/")),
        Page("flow", page(f"flows/{flow}/")),
        Page("map of a system", page("map/")),
        Page("map of everything", page("map/?system=")),
        Page("map around a service", page(f"map/?service={service}")),
        Page("findings", page("findings/")),
        Page("questions", page("questions/")),
        Page("list of services", page("services/")),
        Page("list of edges", page("edges/")),
        Page("list of channels", page("channels/")),
        Page("list of flows", page("flows/")),
    ]


def session_about(edge: str) -> str:
    """Open a session about the edge; gives the address at which its page asks whether anything is new."""
    from archreview.reviews.actions.planning import Planned, plan_session
    from archreview.reviews.actions.running import open_session
    from archreview.reviews.analyses import current_analysis
    from archreview.reviews.scopes import proposal_for, topic_of
    from archreview.workspaces.models import Workspace

    workspace = Workspace.objects.get(slug=WORKSPACE)
    analysis, lead = current_analysis(workspace), workspace.members.get()
    agenda = [proposal_for(analysis, topic_of(analysis, edge))]
    session = plan_session(workspace=workspace, planned=Planned("Measured", 60), scope="", agenda=agenda, lead=lead)
    open_session(session, by=lead)
    session.refresh_from_db()
    return f"{session.get_absolute_url()}live/?v={session.version}"


def main() -> int:
    """Print a line for each page; 1 where one takes longer than it may."""
    parser = argparse.ArgumentParser(description="Measure the processor time that the server takes for its pages.")
    parser.add_argument("--size", choices=SIZES, default="one company", help="which workspace (default: %(default)s)")
    parser.add_argument("--page", default="", help="only the pages with this in their name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begin(Path(folder))
        return measure(options.size, only=options.page)


def measure(size: str, *, only: str) -> int:
    """Fill a workspace of that size, and print how long its pages take."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    services, edges = SIZES[size]
    architecture = realistic(services=services, edges=edges)
    client = fill(architecture)
    hello = processor_time(lambda: client.get("/health/"), repeat=20).median
    print(f"{services} services and {edges} edges; HELLO takes {hello * 1000:.2f} ms")
    good = True
    for page in pages_of(client, architecture):
        if only not in page.name:
            continue
        page.ask()
        with CaptureQueriesContext(connection) as captured:
            status = page.ask()
        queries = len(captured)  # before the next request, which begins a new count
        if status != page.status:
            raise SystemExit(f"{page.name} answered {status}")
        taken = processor_time(page.ask)
        most = page.most_hello * hello * 1000 if page.most_hello else page.most_ms
        missed = most is not None and taken.median * 1000 > most
        good = good and not missed
        gate = f"{page.most_hello} x HELLO" if page.most_hello else f"{page.most_ms or 0:.0f} ms"
        allowed = f"   gate {gate} {'MISSED' if missed else 'good'}" if most is not None else ""
        print(
            f"{page.name:<42} {taken.median * 1000:8.1f} ms ({taken.least * 1000:.0f} to {taken.most * 1000:.0f})"
            f" {taken.median / hello:7.1f} x HELLO {queries:4} queries{allowed}",
            flush=True,
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
