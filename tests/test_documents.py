"""What is written about the project stays true: the decision records, the locks, the README."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
HEADINGS = ["Context and Problem Statement", "Considered Options", "Decision Outcome", "Consequences", "Confirmation"]


def section(text: str, heading: str) -> str:
    """What stands under the heading, up to the next one."""
    match = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert match, f"no heading {heading!r}"
    return match[1]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_says_what_a_record_must_say(path):
    text = path.read_text()
    _, front, body = text.split("---\n", 2)
    matter = yaml.safe_load(front)

    assert set(matter) == {"status", "date", "decision-makers"}
    assert re.fullmatch(r"proposed|accepted|rejected|deprecated|superseded by .+", matter["status"])
    assert len(re.findall(r"^# ", body, flags=re.MULTILINE)) == 1
    assert [
        heading for heading in re.findall(r"^##+ (.+)$", body, flags=re.MULTILINE) if heading in HEADINGS
    ] == HEADINGS


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_the_chosen_option_is_one_of_those_considered(path):
    text = path.read_text()
    outcome = " ".join(section(text, "Decision Outcome").split())
    options = [
        " ".join(line.split()) for line in re.findall(r"^\* (.+)$", section(text, "Considered Options"), re.MULTILINE)
    ]
    chosen = re.search(r'^Chosen option: "(.+?)", because', outcome)

    assert len(options) > 1
    assert chosen
    assert chosen[1] in options


def test_the_numbers_of_the_records_run_without_a_gap():
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("name", ["base", "dev"])
def test_a_lock_holds_hashes_and_names_no_server(name):
    lock = (ROOT / "requirements" / f"{name}.txt").read_text()

    assert not re.search(r"://|--(index|extra-index|find-links)", lock)
    for requirement in re.findall(r"^(\S+==.*(?:\n +.*)*)", lock, flags=re.MULTILINE):
        assert "--hash=sha256:" in requirement


def test_the_product_runs_on_the_versions_that_were_tested():
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), flags=re.MULTILINE))
        for name in ("base", "dev")
    ]

    assert pins[0] <= pins[1]


def test_every_dependency_has_its_reason_in_a_record():
    records = "\n".join(path.read_text() for path in RECORDS).lower()
    names = re.findall(r"^([A-Za-z][\w-]*)", (ROOT / "requirements" / "base.in").read_text(), flags=re.MULTILINE)

    assert [name for name in names if name.lower() not in records] == []


def test_the_readme_names_only_what_is_there():
    """A path in code marks that no longer exists, or a make target that nobody defines, is out of date."""
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    paths = [text for text in re.findall(r"`([\w./-]+)`", readme) if "/" in text and not text.startswith(("/", "."))]

    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert set(re.findall(r"make ([a-z-]+)", readme)) <= targets


def test_the_rule_in_the_readme_is_the_one_in_the_catalog():
    [block] = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    [shown] = yaml.safe_load(block)
    catalog = yaml.safe_load((ROOT / "fixtures" / "catalog.yaml").read_text())
    [entry] = [rule for rule in catalog["rules"] if rule["code"] == shown["code"]]

    assert shown.items() <= entry.items()
