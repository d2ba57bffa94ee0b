"""Settings that cannot work are refused with what to set instead. How `manage.py` says it is in tests/tools/test_serve.py."""

from __future__ import annotations

import os
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from chat.models import Message

ROOT = Path(__file__).resolve().parents[2]

COMPANY = {
    "DATABASE_URL": "postgresql://lakeside@127.0.0.1:1/lakeside",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "only for tests, and long enough to be accepted everywhere",
    "ALLOWED_HOSTS": "chat.example.org",
    "PUBLIC_URL": "https://chat.example.org",
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The settings as they are with these variables and no others."""

    def read(**variables: str) -> dict[str, Any]:
        for name in list(os.environ):
            if name not in {"PATH", "HOME", "LANG"}:
                monkeypatch.delenv(name)
        for name, value in {"VAR_DIR": str(tmp_path), **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "workspace" / "settings.py"))

    return read


@pytest.mark.parametrize(
    ("variables", "advice"),
    [
        ({"REDIS_URL": "redis://127.0.0.1"}, "Set DATABASE_URL"),
        ({"REDIS_URL": "redis://127.0.0.1", "DATABASE_URL": "sqlite:///one.sqlite3"}, "Set DATABASE_URL"),
        ({**COMPANY, "REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL must begin with"),
        ({**COMPANY, "DATABASE_URL": "mysql://127.0.0.1/lakeside"}, "DATABASE_URL must begin with"),
        *[
            (
                {**COMPANY, "DATABASE_URL": f"postgresql://lake:s3{special}cr3t@127.0.0.1:1/lakeside"},
                "DATABASE_URL can't be read",
            )
            for special in ("%", " ", "@", "#", "/", "[", "?")
        ],
        ({**COMPANY, "DATABASE_URL": "postgresql://127.0.0.1/lakeside?foo=bar"}, "DATABASE_URL can't be read"),
        ({**COMPANY, "SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({**COMPANY, "ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS"),
        ({**COMPANY, "ALLOWED_HOSTS": "*"}, "List the names"),
        ({**COMPANY, "ALLOWED_HOSTS": "other.example.org"}, "add its name to ALLOWED_HOSTS"),
        ({**COMPANY, "PUBLIC_URL": ""}, "PUBLIC_URL must be the whole address"),
        ({**COMPANY, "PUBLIC_URL": "chat.example.org"}, "PUBLIC_URL must be the whole address"),
        ({name: value for name, value in COMPANY.items() if name != "PUBLIC_URL"}, "Set PUBLIC_URL"),
        ({**COMPANY, "DEBUG": "1"}, "Unset DEBUG"),
        ({**COMPANY, "DEMO": "1"}, "Unset DEMO"),
        ({**COMPANY, "REDIS_URL": ""}, "Set REDIS_URL=redis://…"),
        ({**COMPANY, "SECRET_KEY": "abc"}, "32 characters or more"),
        ({**COMPANY, "DEBUG": "perhaps"}, "set it to 1 or 0"),
        ({"WEB_CONCURRENCY": "2"}, "Set DATABASE_URL"),
        ({**COMPANY, "WEB_CONCURRENCY": "0"}, "a whole number from 1"),
        ({**COMPANY, "WEB_CONCURRENCY": "many"}, "a whole number from 1"),
        ({**COMPANY, "DATABASE_POOL": "-1"}, "a whole number from 1"),
        ({**COMPANY, "API_RATE": "often"}, "3000/min"),
        ({**COMPANY, "API_RATE": "0/min"}, "3000/min"),
        ({**COMPANY, "LOG_LEVEL": "LOUD"}, "INFO"),
        ({**COMPANY, "TIME_ZONE": "Mars/Olympus"}, "Asia/Shanghai"),
        ({**COMPANY, "EMAIL_URL": "mail.example.org"}, "EMAIL_URL must look like"),
    ],
    ids=lambda value: str(value)[-60:],
)
def test_what_cannot_work_is_refused_with_what_to_set(read: Any, variables: dict[str, str], advice: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=advice.replace(".", r"\.")) as refusal:
        read(**variables)
    assert "\n" not in str(refusal.value)
    assert "cr3t" not in str(refusal.value)
    # Nor does the traceback tell what the driver said.
    assert refusal.value.__cause__ is refusal.value.__context__ is None


def test_the_image_is_built_with_a_key_that_is_accepted(read: Any) -> None:
    [key] = re.findall(r"SECRET_KEY=(\S+)", (ROOT / "Dockerfile").read_text())
    assert read(SECRET_KEY=key)["SECRET_KEY"] == key


def test_nothing_need_be_set_at_all(read: Any) -> None:
    settings = read()
    assert (settings["EMBEDDED"], settings["DEBUG"], settings["PROCESSES"]) == (True, False, 1)
    assert len(settings["SECRET_KEY"]) >= 50
    assert settings["SECRET_KEY"] == read()["SECRET_KEY"]


def test_a_company_sets_five_things(read: Any) -> None:
    settings = read(**COMPANY, WEB_CONCURRENCY="4")
    assert (settings["EMBEDDED"], settings["PROCESSES"]) == (False, 4)
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_HSTS_SECONDS"] > 0
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://chat.example.org"]


@pytest.mark.parametrize(("variables", "threshold"), [({}, 5), ({"DATABASE_PREPARE": "0"}, None)])
def test_postgresql_prepares_statements_unless_a_pooler_can_t_carry_them(
    read: Any, variables: dict[str, str], threshold: int | None
) -> None:
    assert read(**COMPANY, **variables)["DATABASES"]["default"]["OPTIONS"]["prepare_threshold"] == threshold


@pytest.mark.django_db
def test_a_statement_that_comes_again_is_planned_once() -> None:
    for _ in range(8):
        Message.objects.filter(pk=1).first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%chat_message%'")
        assert cursor.fetchone()[0] == 1
