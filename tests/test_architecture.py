"""The rooms of the house keep their doors: what may import what, held as contracts in pyproject.toml."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "archreview"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def test_every_contract_between_the_rooms_holds():
    """A room that nobody declared breaks the first contract, so a new folder needs its place first."""
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_the_contracts_name_every_room():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    text = " ".join(contracts[0]["layers"])
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert sorted(room for room in rooms - {"__init__"} if f"({room})" not in text.split() and room not in text) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_not_named_for_a_drawer(path):
    """Utilities and helpers are where things go to be forgotten; beside models and views a service is no layer."""
    assert path.stem not in {"utils", "helpers", "common", "misc"}
    assert path.stem != "services" or path.parent.name != path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_takes_no_private_name_of_another(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("archreview"):
            private = [name.name for name in node.names if name.name.startswith("_") and name.name != "__version__"]

            assert private == [], f"line {node.lineno}"


HTTP = {"django.http", "django.shortcuts", "django.views"}
SPEAKS_HTTP = {"views", "urls", "admin"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_views_speak_http(path):
    """The web room is made of what views need; workspaces.access and frame answer for whom a request is."""
    room = path.relative_to(PACKAGE).parts
    if path.stem in SPEAKS_HTTP or room[0] in {"web", "api"} or "views" in room or path.stem in {"access", "frame"}:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert not any(f"{node.module}.".startswith(f"{name}.") for name in HTTP), f"line {node.lineno}"
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]

            assert not any(f"{name}.".startswith(f"{http}.") for name in names for http in HTTP), f"line {node.lineno}"


def test_no_business_rule_hides_in_a_signal_or_a_save():
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.module != "django.dispatch", f"{path.relative_to(ROOT)}:{node.lineno}"
                # What fills a database that has just been migrated (decision 0014), and what guards it from then on
                # (decision 0024), is no rule of the business.
                names = {alias.name for alias in node.names} - {"pre_migrate", "post_migrate"}
                assert not (names and (node.module or "").endswith(".signals")), (
                    f"{path.relative_to(ROOT)}:{node.lineno}"
                )
            if isinstance(node, ast.FunctionDef) and path.stem == "models":
                assert node.name not in {"save", "delete"}, f"{path.relative_to(ROOT)}:{node.lineno}"
