"""
The settings, all of them, read from the environment.

A value that cannot be understood stops the start with a sentence that names the variable. `docs/settings.md`
lists the variables.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

# Lets classes name their model (`ModelForm[Service]`), which the type checker asks for and Django does not know yet.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN: with DEFERRED, two writers that both began by reading cannot wait for
    # each other and one fails at once. Read-only atomic blocks take the lock too, so ATOMIC_REQUESTS stays off.
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;"
        "PRAGMA synchronous=FULL;"
        "PRAGMA foreign_keys=ON;"
        "PRAGMA mmap_size=134217728;"
        "PRAGMA cache_size=-8000;"
    ),
}


def env_flag(name: str, *, default: bool) -> bool:
    """The variable as yes or no; unset or empty is the default."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0 (true, false, yes, no, on, off), not {text!r}")


def env_number(name: str, *, default: int, least: int = 0) -> int:
    """The variable as a whole number of at least `least`; unset or empty is the default."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {text!r}")
    return int(text)


def env_list(name: str) -> list[str]:
    """The variable split at commas, without empty parts."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def env_secret(name: str) -> str:
    """The variable, or the content of the file that `<name>_FILE` names; empty when neither is set."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return os.environ.get(name, "")
    if os.environ.get(name):
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; keep one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error


def env_choice(name: str, choices: tuple[str, ...], *, default: str) -> str:
    """The variable as one of the words; unset or empty is the default."""
    text = os.environ.get(name, "").strip().lower() or default
    if text not in choices:
        raise ImproperlyConfigured(f"{name} must be {', '.join(choices[:-1])} or {choices[-1]}, not {text!r}")
    return text


def database(url: str) -> dict[str, Any]:
    """
    Django's settings of the database that the URL names.

    `sqlite:///relative/path`, `sqlite:////absolute/path` or `postgresql://user:password@host:port/name?sslmode=require`.
    The URL may hold a password, so no message repeats it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL is not a URL") from error
    if parts.scheme == "sqlite":
        if parts.netloc or len(parts.path) < 2:
            raise ImproperlyConfigured(
                "DATABASE_URL must name a file: sqlite:///relative/path or sqlite:////absolute/path"
            )
        return sqlite(BASE_DIR / unquote(parts.path[1:]))
    if parts.scheme in {"postgres", "postgresql"}:
        name = unquote(parts.path.lstrip("/"))
        if not name or "/" in name:
            raise ImproperlyConfigured("DATABASE_URL must name one database: postgresql://user@host:5432/name")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(port or ""),
            "OPTIONS": {
                **postgresql_options(parts.query),
                "pool": {"min_size": 1, "max_size": env_number("DATABASE_POOL", default=8, least=1), "timeout": 10},
            },
        }
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:// or postgresql://")


def postgresql_options(query: str) -> dict[str, str]:
    """The options after the question mark, of those that make sense in a URL."""
    known = {
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "connect_timeout",
        "target_session_attrs",
        "application_name",
    }
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    unknown = sorted(set(options) - known)
    if unknown:
        raise ImproperlyConfigured(
            f"DATABASE_URL has an unknown option {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    return {name: unquote(value) for name, value in options.items()}


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite at the path, whose folder is made when it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"The folder of the database cannot be made: {error}") from error
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": 60}


# --- What kind of run this is ---------------------------------------------------------------------------------------

DEBUG = env_flag("DEBUG", default=False)
# A demo signs every visitor in as the demo lead: never on a machine that holds real data.
DEMO = env_flag("DEMO", default=False)
# Off for a run without TLS; then cookies may travel in the clear.
HTTPS = env_flag("HTTPS", default=not (DEBUG or DEMO))
# How many proxies of our own stand before the application; that many X-Forwarded-For entries are believed.
PROXIES = env_number("PROXIES", default=0)

SECRET_KEY = env_secret("SECRET_KEY")
if not SECRET_KEY and (DEBUG or DEMO):
    SECRET_KEY = "known-to-everyone-and-good-for-nothing-but-a-demo"  # noqa: S105  (says so itself)
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Give a long random text such as python3 -c 'import secrets; print(secrets.token_hex())'"
        " prints, or set DEMO=1 for a demo on this machine."
    )
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters")

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
for origin in CSRF_TRUSTED_ORIGINS:
    if not origin.startswith(("https://", "http://")):
        raise ImproperlyConfigured(
            f"CSRF_TRUSTED_ORIGINS must hold origins such as https://review.example.org, not {origin!r}"
        )

# --- The application ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "archreview.web",
    "archreview.workspaces",
    "archreview.jobs",
    "archreview.registry",
    "archreview.rules",
    "archreview.decisions",
    "archreview.reviews",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before all that costs time: most requests of a meeting end here.
    "archreview.reviews.views.polls.answer_polls",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "archreview.web.middleware.refuse_what_is_too_large",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "archreview.web.middleware.send_whole_pages_to_sign_in",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "archreview.web.middleware.keep_pages_private",
    "archreview.web.middleware.AnswerAFullDisk",
    # Last, as django-axes asks: it turns the lockout raised by a sign-in into the answer.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "archreview.urls"
WSGI_APPLICATION = "archreview.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["archreview.web.templatetags.web"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "archreview.workspaces.frame.frame",
            ],
        },
    },
]

# The pages draw form fields with the templates of this project.
FORM_RENDERER = "archreview.web.forms.Renderer"

# --- Data -----------------------------------------------------------------------------------------------------------

DATABASES = {"default": database(os.environ.get("DATABASE_URL", "").strip() or "sqlite:///var/archreview.sqlite3")}

# Who does what takes longer than a page may: the request that asks for it, a worker that gunicorn starts beside its own
# (gunicorn.conf.py), or workers elsewhere (manage.py db_worker), on any node of the same database.
BACKGROUND = env_choice("BACKGROUND", ("request", "beside", "elsewhere"), default="beside" if DEMO else "request")
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"
        if BACKGROUND == "request"
        else "django_tasks_db.DatabaseBackend"
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# A demo and a debug run serve the files as they lie there, so that neither needs collectstatic.
WHITENOISE_USE_FINDERS = DEBUG or DEMO
WHITENOISE_AUTOREFRESH = DEBUG or DEMO
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Bytes: an imported file with its form, and room to spare.
LARGEST_REQUEST = 8 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Signing in -----------------------------------------------------------------------------------------------------

LOGIN_URL = "workspaces:sign_in"
LOGIN_REDIRECT_URL = "workspaces:workspace_list"
LOGOUT_REDIRECT_URL = "workspaces:sign_in"
AUTHENTICATION_BACKENDS = [
    # First, so that a locked-out try is refused before a password is hashed.
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
# The pair, so that a stranger's guesses do not lock the person out who sits elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_CLIENT_IP_CALLABLE = "archreview.web.proxies.client_address"
AXES_VERBOSE = False

# --- What the browser is told ---------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "archreview.web.errors.csrf_failure"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # The prefix makes a browser refuse a cookie of that name from a neighbouring host or over plain HTTP.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs -----------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "archreview": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "axes": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
