from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.registry import DemoPerson, registry
from orgchart.models import Member


@pytest.fixture(autouse=True)
def demo(settings: Settings, lin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """lin is on offer, on a server that only this machine reaches."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    person = DemoPerson(lin.pk, lin.user_id, lin.name, lin.initials, lin.paint, "产品负责人")
    monkeypatch.setattr(registry, "demo_people", lambda: [person])


def near(**options: Any) -> Client:
    return Client(**{"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1", **options})


def test_one_click_signs_in_as_somebody_of_the_demo(lin: Member) -> None:
    browser = near()
    assert "产品负责人" in browser.get("/sign-in/").content.decode()
    assert browser.post("/sign-in/demo/", {"person": lin.pk})["Location"] == "/"
    assert browser.get("/api/v1/me").json()["user"]["id"] == lin.user_id


def test_only_those_on_offer_can_be_chosen(lin: Member, wei: Member) -> None:
    for person in (wei.pk, 0, "", "x"):
        assert near().post("/sign-in/demo/", {"person": person}).status_code == 404


def test_looking_is_not_choosing() -> None:
    assert near().get("/sign-in/demo/").status_code == 405


def not_demo(settings: Settings) -> Client:
    settings.DEMO = False
    return near()


def public_name(settings: Settings) -> Client:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "chat.lakeside.example"]
    return near()


def asked_by_public_name(settings: Settings) -> Client:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "chat.lakeside.example"]
    return near(HTTP_HOST="chat.lakeside.example")


def another_machine(settings: Settings) -> Client:
    return near(REMOTE_ADDR="192.0.2.7")


def through_a_proxy(settings: Settings) -> Client:
    return near(HTTP_X_FORWARDED_FOR="192.0.2.7")


def through_a_standard_proxy(settings: Settings) -> Client:
    return near(HTTP_FORWARDED="for=192.0.2.7")


@pytest.mark.parametrize(
    "otherwise",
    [not_demo, public_name, asked_by_public_name, another_machine, through_a_proxy, through_a_standard_proxy],
)
def test_otherwise_there_is_no_such_door(settings: Settings, lin: Member, otherwise: Any) -> None:
    browser = otherwise(settings)
    assert "产品负责人" not in browser.get("/sign-in/").content.decode()
    assert browser.post("/sign-in/demo/", {"person": lin.pk}).status_code == 404
    assert browser.get("/api/v1/me").status_code == 401


def test_another_site_cannot_choose_for_me(lin: Member) -> None:
    browser = near(enforce_csrf_checks=True)
    assert browser.post("/sign-in/demo/", {"person": lin.pk}).status_code == 403
