"""The settings as a company uses them, and the models as the migrations leave them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.embedded
@pytest.mark.django_db
def test_no_model_changed_without_a_migration() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True)


# Decided outside of Lakeside: whether all names below the domain have HTTPS, and the proxy's redirect.
FOR_THE_DOMAINS_OWNER = {"security.W005", "security.W008", "security.W021"}


def test_a_companys_settings_pass_djangos_deployment_checks(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://lakeside@127.0.0.1:1/lakeside",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": "wuq0f9uv2rj3vm1x-9a8sdc7v6b5n4m3l2k1j0hgfds-lakeside",
        "ALLOWED_HOSTS": "chat.example.org",
        "PUBLIC_URL": "https://chat.example.org",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--tag", "security"],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"security\.W\d+", done.stderr)) <= FOR_THE_DOMAINS_OWNER, done.stderr
