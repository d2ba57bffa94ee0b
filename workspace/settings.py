"""One settings module for both sizes: DATABASE_URL and REDIS_URL switch from the embedded default to a company's own services.

Every variable that is read here is listed in the README, section "For production".
"""

import contextlib
import os
import re
import zoneinfo
from collections.abc import Container
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.http.request import split_domain_port, validate_host
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def flag(name: str, default: bool) -> bool:
    """The environment variable as yes or no; `1 true yes on` mean yes, `0 false no off` mean no."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: set it to 1 or 0.")


def number(name: str, default: int, *, most: int) -> int:
    """The environment variable as a whole number from 1 to `most`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= most):
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number from 1 to {most}.")
    return int(value)


def one_of(name: str, default: str, choices: Container[str], example: str) -> str:
    """The environment variable, which must be one of these."""
    value = os.environ.get(name, "").strip() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is not known here: set it to something like {example}.")
    return value


DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "")
EMBEDDED = not DATABASE_URL and not REDIS_URL
IS_POSTGRES = DATABASE_URL.startswith(("postgres://", "postgresql://"))
PROCESSES = number("WEB_CONCURRENCY", 1, most=64)
DEBUG = flag("DEBUG", False)
DEMO = flag("DEMO", False)

if DATABASE_URL and not (IS_POSTGRES or DATABASE_URL.startswith("sqlite://")):
    raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// (or sqlite:// for one process).")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
if REDIS_URL and not IS_POSTGRES:
    raise ImproperlyConfigured(
        "REDIS_URL is set, but the database is SQLite, which one process only may write. "
        "Set DATABASE_URL=postgresql://… as well, or unset REDIS_URL."
    )
if IS_POSTGRES and not REDIS_URL:
    raise ImproperlyConfigured(
        "DATABASE_URL names PostgreSQL, but nothing carries news between processes and work to the workers. "
        "Set REDIS_URL=redis://… as well, or unset DATABASE_URL."
    )
if PROCESSES > 1 and not IS_POSTGRES:
    raise ImproperlyConfigured(
        "WEB_CONCURRENCY is above 1, but several processes need PostgreSQL and Redis. "
        "Set DATABASE_URL=postgresql://… and REDIS_URL=redis://…, or WEB_CONCURRENCY=1."
    )


SHORTEST_KEY = 32


def secret_key() -> str:
    """SECRET_KEY from the environment; the embedded default makes one once and keeps it beside its database."""
    if key := os.environ.get("SECRET_KEY"):
        if len(key) < SHORTEST_KEY:
            raise ImproperlyConfigured(
                f"SECRET_KEY is too short: set it to a random text of {SHORTEST_KEY} characters or more."
            )
        return key
    if not EMBEDDED:
        raise ImproperlyConfigured("Set SECRET_KEY to a long random text; without it sessions could be forged.")
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = secret_key()

PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
PUBLIC_HOST = "127.0.0.1"
if "PUBLIC_URL" in os.environ:
    scheme, _slashes, rest = PUBLIC_URL.partition("://")
    PUBLIC_HOST = split_domain_port(rest)[0]
    if scheme not in {"http", "https"} or not PUBLIC_HOST:
        raise ImproperlyConfigured(
            "PUBLIC_URL must be the whole address that people use, e.g. https://chat.example.org"
        )
IS_HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS=* lets any site speak as this one. List the names that browsers use.")
if not ALLOWED_HOSTS:
    if not EMBEDDED and not DEBUG:
        raise ImproperlyConfigured(
            "Set ALLOWED_HOSTS to the names that browsers use, e.g. ALLOWED_HOSTS=chat.example.org"
        )
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
if not validate_host(PUBLIC_HOST, ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        f"PUBLIC_URL names {PUBLIC_HOST}, but ALLOWED_HOSTS does not. Set PUBLIC_URL to the address that people use, "
        "and add its name to ALLOWED_HOSTS."
    )
IS_PRIVATE = all(host in {"127.0.0.1", "localhost", "[::1]", "testserver"} for host in ALLOWED_HOSTS)
if DEBUG and not IS_PRIVATE:
    raise ImproperlyConfigured(
        "DEBUG=1 shows everybody the inside of every error. Unset DEBUG, or let ALLOWED_HOSTS name this machine only."
    )
if DEMO and not IS_PRIVATE:
    raise ImproperlyConfigured(
        "DEMO=1 lets anybody in who knows the demo's passwords. Unset DEMO, or let ALLOWED_HOSTS name this machine only."
    )
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "tree_queries",
    "realtime",
    "outbox",
    "audit",
    "accounts",
    "orgchart",
    "chat",
    "workspace",
]

MIDDLEWARE = [
    "workspace.observability.ObserveRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workspace.compression.CompressPages",
    "accounts.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.preferences.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workspace.privacy.PrivateByDefault",
]

ROOT_URLCONF = "workspace.urls"
ASGI_APPLICATION = "workspace.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "accounts.preferences.preferences",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]


def database(url: str, engine: str | None = None) -> Any:
    """What DATABASE_URL says, as Django takes it. What is wrong with it is not repeated: its password stands there."""
    with contextlib.suppress(ValueError, psycopg.ProgrammingError):
        if IS_POSTGRES and "@" in str(conninfo_to_dict(url).get("host", "")):
            raise ValueError
        return dj_database_url.parse(url, engine=engine)
    raise ImproperlyConfigured(
        "DATABASE_URL can't be read. Write it as postgresql://user:password@host:5432/name, and each special character of the "
        "password as its percent code (@ as %40, / as %2F, % as %25)."
    )


if IS_POSTGRES:
    DATABASES = {"default": database(DATABASE_URL, engine="workspace.postgresql")}
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        # Requests run in short-lived threads, so connections outlive them in a pool.
        "pool": {
            "min_size": 2,
            "max_size": number("DATABASE_POOL", 20, most=500),
            "timeout": 10,
            # The pool tries to reconnect ever less often, then gives up, and begins anew with who asks next. So after an
            # outage of whatever length nobody waits longer than between its last attempts.
            "reconnect_timeout": 5,
        },
        # What a connection asks for the fifth time is planned once: half of what a message, a seventh of what a list costs the database.
        "server_side_binding": True,
        "prepare_threshold": 5 if flag("DATABASE_PREPARE", default=True) else None,
    }
    # Behind PgBouncer in transaction mode a cursor could wake up in somebody else's transaction.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
else:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES = {
        "default": {
            **database(DATABASE_URL or f"sqlite:///{VAR_DIR / 'lakeside.sqlite3'}"),
            "OPTIONS": {
                # A transaction that begins by reading and then writes would fail; IMMEDIATE waits its turn.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: what was acknowledged survives a power cut, too.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
            # In memory, concurrent writers fail; the tests get a file as everybody else does.
            "TEST": {"NAME": os.environ.get("TEST_SQLITE", str(VAR_DIR / "test.sqlite3"))},
        }
    }

# Nothing is cached but what each process counts for itself. Tries to sign in are rows (accounts.Attempts).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 50_000}},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AddressBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "phone"]},
    },
    {"NAME": "accounts.validators.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "lakeside_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "lakeside_csrf"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# The longest message, each of its characters escaped (20,000 times `\ud83d\udc1f`), has 240 kB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "lakeside_language"
USE_I18N = USE_TZ = True
TIME_ZONE = one_of("TIME_ZONE", "Asia/Shanghai", zoneinfo.available_timezones(), "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "workspace.staticfiles.StaticFiles"
    },
}
# Brotli of the API documentation's scripts takes over a minute and serves a page that few open.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "jpg", "woff", "woff2", "gz", "br"]

if EMAIL_URL := os.environ.get("EMAIL_URL", ""):
    from urllib.parse import unquote, urlsplit

    _mail = urlsplit(EMAIL_URL)
    if _mail.scheme not in {"smtp", "smtps", "smtp+tls"} or not _mail.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@mail.example.org:587")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or {"smtps": 465, "smtp+tls": 587}.get(_mail.scheme, 25)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "Lakeside <lakeside@localhost>")

REST_FRAMEWORK = {
    # Bearer first: a token's POST must not be asked for a CSRF token.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["wire.rest.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["wire.rest.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "wire.rest.OneFormat",
    "URL_FORMAT_OVERRIDE": None,
    # What an address takes and gives is said once, by the schema.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "workspace.openapi.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.CredentialThrottle"],
    "EXCEPTION_HANDLER": "wire.rest.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
API_RATE = os.environ.get("API_RATE", "3000/min")
if not re.fullmatch(r"[1-9][0-9]{0,8}/(sec|min|hour)", API_RATE):
    raise ImproperlyConfigured(f"API_RATE={API_RATE!r} is not a rate: set it to something like 3000/min.")
SPECTACULAR_SETTINGS = {
    "TITLE": "Lakeside API",
    "DESCRIPTION": "The one way in, for the browser and for companies that integrate. "
    "The socket protocol is described in docs/api/socket.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "GET_LIB_DOC_EXCLUDES": "workspace.openapi.classes_without_a_word",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 10**18 - 1}},
    # Choices are told where they are made; as components they would need names of their own.
    "POSTPROCESSING_HOOKS": ["workspace.openapi.completed"],
}

CELERY_BROKER_URL = REDIS_URL or "memory://"

LOGGING_CONFIG = "workspace.observability.configure_logging"
# Django calls it only if this holds something.
LOGGING = {"version": 1}
LOG_LEVEL = one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
