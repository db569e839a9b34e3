"""The settings, read from one environment after another."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler

PROJECT = Path(__file__).resolve().parent.parent.parent
KEY = "k" * 40
VARIABLES = (
    *("DEBUG", "DEMO", "HTTPS", "PROXIES", "SECRET_KEY", "SECRET_KEY_FILE", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"),
    *("DATABASE_URL", "DATABASE_POOL", "BACKGROUND"),
)


@pytest.fixture
def settings_of(monkeypatch):
    """The settings as a process with just these variables reads them."""

    def read(**variables: str) -> dict[str, Any]:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(PROJECT / "archreview" / "settings.py"))

    return read


def test_it_is_safe_when_nothing_but_the_key_is_given(settings_of):
    settings = settings_of(SECRET_KEY=KEY)
    assert settings["DEBUG"] is False
    assert settings["DEMO"] is False
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["STORAGES"]["staticfiles"]["BACKEND"].endswith("ManifestStaticFilesStorage")
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_it_does_not_start_without_a_key(settings_of):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        settings_of()


def test_it_does_not_start_with_a_short_key(settings_of):
    with pytest.raises(ImproperlyConfigured, match="at least 32"):
        settings_of(SECRET_KEY="short")


def test_it_reads_the_key_from_a_file(settings_of, tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert settings_of(SECRET_KEY_FILE=str(file))["SECRET_KEY"] == KEY
    with pytest.raises(ImproperlyConfigured, match="both set"):
        settings_of(SECRET_KEY_FILE=str(file), SECRET_KEY=KEY)
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        settings_of(SECRET_KEY_FILE=str(tmp_path / "missing"))


@pytest.mark.parametrize("variable", ["DEBUG", "DEMO"])
def test_a_debug_run_and_a_demo_need_no_key_and_no_tls(settings_of, variable):
    settings = settings_of(**{variable: "1"})
    assert settings[variable] is True
    assert "SECURE_SSL_REDIRECT" not in settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEBUG", "maybe"),
        ("DEMO", "2"),
        ("HTTPS", "tls"),
        ("PROXIES", "-1"),
        ("PROXIES", "one"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite://host/file"),
        ("DATABASE_URL", "postgresql://host"),
        ("DATABASE_URL", "postgresql://host:port/name"),
        ("DATABASE_URL", "postgresql://host/name?options=-c%20role"),
        ("CSRF_TRUSTED_ORIGINS", "review.example.org"),
    ],
)
def test_it_refuses_what_it_cannot_read_and_names_the_variable(settings_of, variable, value):
    with pytest.raises(ImproperlyConfigured, match=variable):
        settings_of(**{"SECRET_KEY": KEY, variable: value})


def test_it_never_repeats_the_password_of_the_database(settings_of):
    for url in (
        "postgresql://ana:sesame@host:x/name",
        "oracle://ana:sesame@host/name",
        "postgresql://ana:sesame@host/a/b",
    ):
        with pytest.raises(ImproperlyConfigured) as refusal:
            settings_of(SECRET_KEY=KEY, DATABASE_URL=url)
        assert "sesame" not in str(refusal.value)


def test_it_reads_the_url_of_a_postgresql(settings_of):
    url = "postgresql://ana:p%40ss@db.example.org:5433/review?sslmode=require"
    database = settings_of(SECRET_KEY=KEY, DATABASE_URL=url, DATABASE_POOL="4")["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["USER"], database["PASSWORD"], database["HOST"]) == ("ana", "p@ss", "db.example.org")
    assert (database["PORT"], database["NAME"]) == ("5433", "review")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["pool"]["max_size"] == 4


def test_sqlite_keeps_what_it_has_acknowledged_and_lets_writers_wait(settings_of, tmp_path, db):
    settings = settings_of(SECRET_KEY=KEY, DATABASE_URL=f"sqlite:///{tmp_path}/new/folder/review.sqlite3")
    database = settings["DATABASES"]["default"]
    assert database["CONN_MAX_AGE"] == 60
    assert database["OPTIONS"]["timeout"] == 20
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    connection = ConnectionHandler({"default": database})["default"]
    try:
        with connection.cursor() as cursor:
            names = ("journal_mode", "synchronous", "foreign_keys")
            answers = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    finally:
        connection.close()
    assert answers == ["wal", 2, 1]
    assert not database["ATOMIC_REQUESTS"]


def test_a_deployment_passes_the_checks_without_a_warning(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "archreview.settings",
        "SECRET_KEY": "uVq8Zc1yKp3LwRtN5xBmE7hJdGfAs9QoTiYbCnXvMzUeWkHrPl",
        "DATABASE_URL": f"sqlite:///{tmp_path}/check.sqlite3",
    }
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr


def test_the_documentation_names_every_variable():
    documented = re.findall(r"^\| `([A-Z_]+)`", (PROJECT / "docs" / "settings.md").read_text(), flags=re.M)
    read = re.findall(r'(?:env_\w+|environ\.get)\("([A-Z_]+)"', (PROJECT / "archreview" / "settings.py").read_text())
    assert sorted(documented) == sorted({*read, "SECRET_KEY_FILE"}) == sorted(VARIABLES)
