"""`archreview check`: what it takes, what it says, and how it ends."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from archreview.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "examples"
BEFORE = str(EXAMPLES / "retailflow-before.yaml")
AFTER = str(EXAMPLES / "retailflow-after.yaml")
CRITICAL = str(EXAMPLES / "fintech-before.yaml")
EMPTY = "archreview: 1\n"


@pytest.fixture
def check(capsysbinary):
    """Run the command; give its exit code, what it wrote and what it complained of."""

    def run(*arguments):
        code: object
        try:
            code = main(["check", *map(str, arguments)])
        except SystemExit as ended:
            code = ended.code
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


@pytest.fixture
def write(tmp_path):
    """Write a file; give its path."""

    def put(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return put


# --- Exit codes --------------------------------------------------------------------------------


def test_nothing_found_ends_with_nought(check, write):
    code, out, err = check(write("a.yaml", EMPTY))
    assert (code, err) == (0, "")
    assert "No pitfall was found" in out


def test_something_high_ends_with_one(check):
    assert check(BEFORE)[0] == 1


@pytest.mark.parametrize(("threshold", "code"), [("critical", 0), ("high", 1), ("medium", 1), ("low", 1), ("never", 0)])
def test_the_threshold_decides_what_fails(check, threshold, code):
    assert check(BEFORE, "--fail-on", threshold)[0] == code


def test_something_critical_fails_at_the_threshold_of_critical(check):
    assert check(CRITICAL, "--fail-on", "critical")[0] == 1


def test_open_questions_fail_where_they_are_asked_to(check):
    assert check(BEFORE, "--fail-on", "never")[0] == 0
    assert check(BEFORE, "--fail-on", "never", "--strict")[0] == 1


def test_strictness_does_not_fail_where_nothing_is_open(check, write):
    assert check(write("a.yaml", EMPTY), "--strict")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [BEFORE, "--format", "yaml"],
        [BEFORE, "--fail-on", "info"],
        [BEFORE, "--as-of", "yesterday"],
        [BEFORE, "--form", "json"],
        [BEFORE, "--nonsense"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_ends_with_two(check, arguments):
    code, out, err = check(*arguments)
    assert (code, out) == (2, "")
    assert err


def test_no_command_ends_with_two(capsys):
    assert main([]) == 2
    assert "usage: archreview" in capsys.readouterr().err


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("archreview 0.")


def test_a_fault_of_our_own_ends_with_two_and_says_so(check, monkeypatch):
    def fail(*_):
        raise RuntimeError("out of cheese")

    monkeypatch.setattr("archreview.cli._catalog", fail)
    code, out, err = check(BEFORE)
    assert (code, out) == (2, "")
    assert "out of cheese" in err
    assert "a fault of archreview itself" in err


# --- What goes in ------------------------------------------------------------------------------


def test_errors_stand_one_a_line_with_their_file_and_line(check, write):
    file = write("a.yaml", "archreview: 1\nservices:\n  - {id: Cart}\n  - {id: cart, tier: 9}\n")
    code, out, err = check(file)
    assert (code, out) == (2, "")
    first, second = err.splitlines()
    assert first.startswith(f"{file}:3: services[0].id: 'Cart' is no id")
    assert second == f"{file}:4: services[1].tier: must be at most 4, not 9"


def test_at_most_fifty_errors_are_shown_and_the_rest_counted(check, write):
    services = "".join(f"  - {{id: s{number}, tier: 9}}\n" for number in range(60))
    code, _, err = check(write("a.yaml", f"archreview: 1\nservices:\n{services}"))
    lines = err.splitlines()
    assert code == 2
    assert len(lines) == 51
    assert lines[-1] == "and 10 more"


def test_a_file_that_is_not_there_is_said_so(check, tmp_path):
    code, _, err = check(tmp_path / "nothing.yaml")
    assert code == 2
    assert err == f"{tmp_path}/nothing.yaml:1: cannot be read: No such file or directory\n"


def test_every_file_that_is_wrong_is_told_of(check, write, tmp_path):
    _, _, err = check(write("a.yaml", "["), tmp_path / "nothing.yaml", write("c.yaml", "archreview: 2\n"))
    assert [line.split(":")[0].rsplit("/")[-1] for line in err.splitlines()] == ["nothing.yaml", "a.yaml", "c.yaml"]


def test_standard_input_is_read(check, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(Path(BEFORE).read_bytes())))
    code, out, _ = check("-", "--format", "json")
    assert code == 1
    assert json.loads(out)["sources"] == [{"file": "-", "format": "architecture"}]


def test_standard_input_is_read_once_only(check):
    code, _, err = check("-", "-")
    assert code == 2
    assert "only once" in err


def test_files_of_a_folder_are_read_together(check, write, tmp_path):
    write("shop/architecture.yaml", "archreview: 1\nservices: [{id: cart}]\n")
    write("shop/stock/architecture.yml", "archreview: 1\nservices: [{id: stock}]\n")
    write("shop/edges.architecture.yaml", "archreview: 1\nedges: [{id: e, from: cart, to: stock}]\n")
    write("shop/.git/architecture.yaml", "[")
    write("shop/compose.yaml", "[")
    code, out, err = check(tmp_path / "shop", "--format", "json", "--fail-on", "never")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert [service["id"] for service in result["services"]] == ["cart", "stock"]
    assert len(result["sources"]) == 3


def test_a_folder_without_files_is_said_so(check, tmp_path):
    code, _, err = check(tmp_path)
    assert code == 2
    assert "holds no architecture.yaml" in err


def test_json_is_read_as_well(check, write):
    services = json.dumps({"archreview": 1, "services": [{"id": "cart", "name": "Café 😀"}]})
    assert check(write("a.json", services))[0] == 0


def test_only_formats_that_are_there_can_be_forced(check):
    assert check(AFTER, "--from", "architecture", "--fail-on", "never")[0] == 0
    code, _, err = check(AFTER, "--from", "compose")
    assert code == 2
    assert "--from compose is not available" in err


CAMPAIGN = """\
catalog: 1
version: "x"
rules:
  - code: OWN-001
    title: A call
    category: coupling
    scope: edge
    severity: high
    condition: edge.is_synchronous
    message: "{source.name} calls."
    why: Because.
    remedy: Do not.
    campaign: {until: 2027-03-01, note: The teams have time}
"""


@pytest.mark.parametrize(("day", "code"), [(None, 0), ("2027-02-28", 0), ("2027-03-01", 1)])
def test_a_campaign_fails_nothing_before_its_day(check, write, day, code):
    arguments = [BEFORE, "--catalog", write("campaign.yaml", CAMPAIGN), *(["--as-of", day] if day else [])]
    assert check(*arguments)[0] == code
    result = json.loads(check(*arguments, "--format", "json")[1])
    assert bool(result["findings"]) is bool(code)
    assert ("upcoming" in result) is not bool(code)


def test_what_a_campaign_asks_fails_nothing_where_questions_do(check, write):
    text = "archreview: 1\nservices: [{id: a}]\n"
    rule = CAMPAIGN.replace("scope: edge", "scope: service").replace("edge.is_synchronous", "service.availability < 90")
    rule = rule.replace("{source.name}", "{service.name}")
    ordinary = rule.replace("    campaign:", "    # campaign:")
    codes = [check(write("a.yaml", text), "--strict", "--catalog", write("c.yaml", one))[0] for one in (rule, ordinary)]
    assert codes == [0, 1]


def test_another_catalog_judges(check, write, tmp_path):
    code, _, err = check(AFTER, "--catalog", tmp_path / "none.yaml")
    assert code == 2
    assert "none.yaml:1: cannot be read" in err
    code, _, err = check(AFTER, "--catalog", write("broken.yaml", "rules: 5\n"))
    assert code == 2
    assert "broken.yaml:1" in err


# --- What goes out -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["sarif", "junit", "markdown"])
def test_a_form_that_is_not_there_yet_is_refused_in_words(check, form):
    code, out, err = check(BEFORE, "--format", form)
    assert (code, out) == (2, "")
    assert err == f"archreview: --format {form} is not available yet; use text or json\n"


def test_the_text_begins_with_what_is_worst(check):
    _, out, _ = check(CRITICAL)
    severities = [line.split()[0] for line in out.splitlines() if line.split()[:1] and line.split()[0].isupper()]
    order = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]
    ranks = [order.index(severity) for severity in severities if severity in order]
    assert ranks == sorted(ranks)
    assert ranks[0] == 0


def test_the_text_gives_each_finding_with_its_place_reason_and_remedy(check):
    _, out, _ = check(BEFORE)
    assert "RES-002" in out
    assert "edge cart-inventory (" in out
    assert "retailflow-before.yaml:" in out
    assert "  Why: " in out
    assert "  Remedy: " in out


def test_the_text_has_no_colours_where_nobody_looks(check):
    assert "\x1b" not in check(BEFORE)[1]


def test_the_text_has_colours_on_a_terminal_unless_they_are_unwanted(check, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" in check(BEFORE)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in check(BEFORE)[1]


def test_nothing_that_a_file_says_moves_the_cursor_of_a_terminal(check, write):
    text = 'archreview: 1\nservices: [{id: a, description: "x"}]\nedges: [{id: e, from: a, to: "\\e[2J"}]\n'
    _, _, err = check(write("a.yaml", text))
    assert "\x1b" not in err


def test_the_same_files_give_the_same_bytes(check):
    assert check(CRITICAL, "--format", "json")[1] == check(CRITICAL, "--format", "json")[1]


def test_a_result_can_be_written_to_a_file(check, tmp_path):
    file = tmp_path / "result.json"
    code, out, _ = check(BEFORE, "--format", "json", "--output", file)
    assert (code, out) == (1, "")
    assert json.loads(file.read_text())["archreview"] == 1


def test_a_file_that_cannot_be_written_ends_with_two(check, tmp_path):
    code, _, err = check(BEFORE, "--output", tmp_path / "no" / "result.json")
    assert code == 2
    assert "cannot be written" in err


def test_a_reader_that_leaves_early_is_no_fault():
    command = f"{sys.executable} -m archreview.cli check {CRITICAL} --format json | head -c 100"
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert run.stdout.startswith('{\n  "archreview": 1,')
    assert "Traceback" not in run.stderr


# --- Baselines ---------------------------------------------------------------------------------


@pytest.fixture
def baseline(check, tmp_path):
    """The result of an earlier run over the example with pitfalls."""
    check(BEFORE, "--format", "json", "--output", tmp_path / "baseline.json")
    return tmp_path / "baseline.json"


def test_what_is_known_stays_in_the_result_and_does_not_fail(check, baseline):
    code, out, _ = check(BEFORE, "--format", "json", "--baseline", baseline)
    result = json.loads(out)
    assert code == 0
    assert result["findings"]
    assert all(finding["known"] for finding in result["findings"])
    assert result["gone"] == []


def test_what_is_new_fails(check, baseline):
    earlier = json.loads(baseline.read_text())
    new = earlier["findings"].pop(0)
    baseline.write_text(json.dumps(earlier))
    code, out, _ = check(BEFORE, "--format", "json", "--baseline", baseline)
    assert code == 1
    unknown = [finding["fingerprint"] for finding in json.loads(out)["findings"] if not finding["known"]]
    assert unknown == [new["fingerprint"]]


def test_what_is_gone_is_listed(check, baseline):
    earlier = json.loads(baseline.read_text())
    code, out, _ = check(AFTER, "--format", "json", "--baseline", baseline, "--fail-on", "never")
    result = json.loads(out)
    today = {finding["fingerprint"] for finding in result["findings"]}
    assert code == 0
    assert result["gone"] == sorted({finding["fingerprint"] for finding in earlier["findings"]} - today)
    assert result["gone"]


def test_the_text_names_what_is_gone_and_what_is_known(check, baseline):
    _, out, _ = check(AFTER, "--baseline", baseline)
    assert "Gone since the baseline: " in out
    assert "HOP-001 flow checkout" in out
    assert "[known]" in check(BEFORE, "--baseline", baseline)[1]


def test_open_questions_fail_whatever_is_known(check, baseline):
    assert check(BEFORE, "--baseline", baseline, "--strict")[0] == 1


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"archreview": 1}', '{"archreview": 1, "findings": [5]}', "[" * 100_000, "\x00"]
)
def test_a_baseline_that_is_none_is_refused(check, write, content):
    code, out, err = check(BEFORE, "--baseline", write("baseline.json", content))
    assert (code, out) == (2, "")
    assert "baseline.json:" in err
    assert "Traceback" not in err


# --- How it starts -----------------------------------------------------------------------------


def test_it_needs_neither_django_nor_settings():
    program = (
        "import sys; from archreview.cli import main; code = main(sys.argv[1:]);"
        "assert not {'django', 'weasyprint', 'markdown'} & set(sys.modules); sys.exit(code)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, "check", AFTER, "--fail-on", "never"],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_asking_for_help_imports_next_to_nothing():
    program = "import sys, archreview.cli; print([name for name in ('yaml', 'lark', 'json') if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
