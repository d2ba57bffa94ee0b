"""What `serve` says before it serves."""

import pytest
import uvicorn
from django.core.management import call_command
from pytest_django.fixtures import Settings


@pytest.mark.parametrize(
    ("is_company", "mail_server", "warnings"),
    [
        (True, "", ["mails_go_to_the_console"]),
        (True, "smtp://mail.example.org", []),
        (False, "", []),
    ],
)
def test_a_company_without_a_mail_server_is_warned(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    unused_tcp_port: int,
    is_company: bool,
    mail_server: str,
    warnings: list[str],
) -> None:
    settings.IS_POSTGRES, settings.EMAIL_URL, settings.PROCESSES = is_company, mail_server, 2
    served: list[int] = []
    monkeypatch.setattr(uvicorn, "run", lambda *_application, port, **_options: served.append(port))
    call_command("serve", "--serve-only", port=str(unused_tcp_port))
    assert served == [unused_tcp_port]
    assert [record.message for record in caplog.records if record.name.startswith("workspace")] == warnings
