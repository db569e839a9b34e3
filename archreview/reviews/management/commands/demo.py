from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from archreview.decisions.importing import import_log
from archreview.decisions.models import Decision
from archreview.engine.agenda import fitting
from archreview.engine.model import Architecture
from archreview.interchange.decisions.folders import read_folder
from archreview.interchange.decisions.log import read_log
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from archreview.interchange.prefixes import with_prefix
from archreview.jobs.actions import ask
from archreview.jobs.queries import jobs_of
from archreview.registry.actions import import_architecture
from archreview.reviews.actions.planning import Planned, plan_session
from archreview.reviews.actions.snapshots import take_snapshot
from archreview.reviews.analyses import current_analysis
from archreview.reviews.demo_decisions import write_decisions
from archreview.reviews.demo_drafts import add_drafts
from archreview.reviews.report.making import REPORT
from archreview.reviews.report.options import Options
from archreview.reviews.scopes import Scope, proposals
from archreview.rules.demo import show_lives_of_rules
from archreview.workspaces.actions import add_member, create_workspace
from archreview.workspaces.demo import ACCOUNTS, demo_users, has_other_users
from archreview.workspaces.models import Role, Workspace

EXAMPLES = settings.BASE_DIR / "fixtures" / "examples"
RECORDS = settings.BASE_DIR / "fixtures" / "decisions"
# The files of systems that exist; all others are invented to show one thing each.
REAL_SYSTEMS = ("bookinfo", "online-boutique")
# The example that a session is planned about, and how long it is.
MEETING, MINUTES = "retailflow-before", 60


class Command(BaseCommand):
    """
    Fills a database with the worked examples, decisions about them, records from a repository, and two real systems.

    A second run changes nothing but what somebody has deleted since the first. The passwords of its accounts are known
    to everyone, so it refuses a database in which anybody else has an account.
    """

    help = "Make the demo: accounts with known passwords, worked examples, two real systems, a planned session."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="also in a database in which other people have accounts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if has_other_users() and not options["force"]:
            raise CommandError(
                "There are accounts here that no demo made. The demo's passwords are known to everyone, so it does not "
                "join them; --force does it anyway."
            )
        # One transaction: a demo is there whole or not at all, and a slow disk is waited for once, not for every file.
        with transaction.atomic():
            self._fill()
        self.say("Accounts, for this demo only:")
        for account in ACCOUNTS:
            self.say(f"  {account.username:<6} {account.password:<16} {account.last_name.lower()}")

    def say(self, line: str) -> None:
        """Write a line that is seen at once, also where it goes into a file."""
        self.stdout.write(line)
        self.stdout.flush()

    def _fill(self) -> None:
        self.say("Making four accounts ...")
        try:
            users = demo_users()
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        examples = the_workspace(
            slug="examples",
            name="Worked examples",
            description="Each worked example as its own system, before its review and after it.",
            users=users,
        )
        files = [file for file in sorted(EXAMPLES.glob("*.yaml")) if file.stem not in REAL_SYSTEMS]
        self.say(f"Loading {len(files)} worked examples, each as a system of its own ...")
        for file in files:
            self._load(examples, with_prefix(read(file), prefix=f"{file.stem}."), file=file, by=users[0])
        has_decisions = Decision.objects.filter(workspace=examples).exists()
        self.say("Importing the decision records of a repository ...")
        bring_records(examples, by=users[0])
        if not has_decisions:
            self.say("Writing decisions in every state ...")
            write_decisions(examples, lead=users[0], reviewer=users[1])
            self.say("Drafting a decision of each kind ...")
            add_drafts(examples, by=users[0], reviewer=users[1], today=timezone.localdate())
        systems = the_workspace(
            slug="real-systems",
            name="Real systems",
            description="Two public systems, from the facts that their repositories state; what nobody states is open.",
            users=users,
        )
        # Before the snapshots, which are then taken by the rules that the pages judge by.
        self.say("Showing what can become of a rule ...")
        show_lives_of_rules(systems, lead=users[0], administrator=users[3])
        self.say(f"Loading {len(REAL_SYSTEMS)} systems that exist ...")
        for file in (EXAMPLES / f"{name}.yaml" for name in REAL_SYSTEMS):
            self._load(systems, read(file), file=file, by=users[0])
            remember(systems, title=f"With {file.stem}", by=users[0])
        self.say("Planning a review session ...")
        plan(examples, system=f"{MEETING}.retailflow", by=users[0])
        have_a_report(systems, by=users[0])

    def _load(self, workspace: Workspace, architecture: Architecture, *, file: Path, by: User) -> None:
        import_architecture(workspace=workspace, architecture=architecture, by=by, source=file.name)
        services, edges = len(architecture.services), len(architecture.edges)
        self.say(f"  {file.stem:<36} services: {services:>2}, edges: {edges:>2}")


def the_workspace(*, slug: str, name: str, description: str, users: list[User]) -> Workspace:
    """The workspace with that slug, made where it is missing, with the accounts of the demo as its members."""
    lead, reviewer, viewer, administrator = users
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        workspace = create_workspace(slug=slug, name=name, description=description, lead=lead)
    add_member(workspace, user=lead, role=Role.LEAD)
    add_member(workspace, user=reviewer, role=Role.REVIEWER)
    add_member(workspace, user=viewer, role=Role.VIEWER)
    add_member(workspace, user=administrator, role=Role.LEAD)
    return workspace


def read(file: Path) -> Architecture:
    """What the file says; a CommandError with its problems where it cannot be read."""
    problems = Problems()
    architecture = read_architecture([(file.name, file.read_bytes())], problems=problems)
    if architecture is None:
        raise CommandError("\n".join(map(str, problems)))
    return architecture


def have_a_report(workspace: Workspace, *, by: User) -> None:
    """Ask for a report, once, where a worker will come with the pages; nobody should wait for it here."""
    if settings.BACKGROUND != "request" and not jobs_of(workspace, REPORT).exists():
        ask(workspace=workspace, kind=REPORT, title=f"Review of {workspace.name}", options=Options().as_json(), by=by)


def remember(workspace: Workspace, *, title: str, by: User) -> None:
    """Take a snapshot, unless an earlier run has taken it."""
    if not workspace.snapshots.filter(title=title).exists():
        workspace.refresh_from_db()
        take_snapshot(workspace=workspace, title=title, by=by)


def plan(workspace: Workspace, *, system: str, by: User) -> None:
    """Plan a session about the system, unless an earlier run has."""
    if workspace.sessions.exists():
        return
    workspace.refresh_from_db()
    analysis = current_analysis(workspace)
    scope = Scope(systems=(system,))
    found = {proposal.topic: proposal for proposal in proposals(analysis, scope.edges(analysis))}
    plan_session(
        workspace=workspace,
        planned=Planned(f"Review of {analysis.name_of('system', system)}", MINUTES),
        scope=scope.in_words(analysis),
        agenda=[found[topic] for topic in fitting(found, MINUTES)],
        lead=by,
    )


def bring_records(workspace: Workspace, *, by: User) -> None:
    """Take the invented records of a repository into the workspace, as a team would that already had some."""
    problems = Problems()
    log = read_log(read_folder(RECORDS, problems=problems), problems=problems)
    if log is None:
        raise CommandError("\n".join(map(str, problems)))
    import_log(workspace=workspace, log=log, by=by)
