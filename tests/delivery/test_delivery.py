"""The real service against the model: right as it is, and red with each wrong variant in it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from chat import streams
from chat.actions.conversations import create_group
from orgchart.models import Member
from realtime import failpoints, hub, sync
from tests.cast import browser_of
from tests.delivery.machine import ClearedMachine, DeliveryMachine, Stage
from tests.delivery.stories import VARIANTS, Story

pytestmark = pytest.mark.django_db


# A page asked for, overtaken and only then arriving is too rare a row of steps to wait for; their stories show them.
ABOUT_LATE_PAGES = {"overwrite", "larger_version_wins"}


@pytest.fixture
def machine(lin: Member, wei: Member, zhao: Member, monkeypatch: pytest.MonkeyPatch) -> type[DeliveryMachine]:
    """Small pages, so that few messages make long stories."""
    monkeypatch.setattr(sync, "PAGE", 2)
    monkeypatch.setattr(streams, "WINDOW", 3)
    monkeypatch.setattr(hub, "AT_MOST", 4)
    monkeypatch.setattr(hub, "LOOK_BACK", 2)
    # It would close the connection on which everything here hangs together.
    monkeypatch.setattr(hub, "close_old_connections", lambda: None)
    members = {"lin": lin, "wei": wei, "zhao": zhao}
    stage = Stage(
        members=members,
        session_keys={name: browser_of(member).cookies["lakeside_session"].value for name, member in members.items()},
        conversation=create_group(by=lin, members=[wei], key=uuid4(), name="设计周会"),
    )
    monkeypatch.setattr(DeliveryMachine, "stage", stage, raising=False)
    return DeliveryMachine


def play(machine: type[DeliveryMachine], *, runs: int, steps: int = 40) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.embedded
@pytest.mark.usefixtures("machine")
def test_whatever_happens_nothing_is_lost_doubled_or_shown_to_the_wrong() -> None:
    play(ClearedMachine, runs=10, steps=25)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("machine")
def test_whatever_happens_for_long() -> None:
    play(ClearedMachine, runs=250)


@pytest.mark.embedded
@pytest.mark.parametrize("story", {story for story, _symptom in VARIANTS.values()}, ids=lambda story: story.__name__)
def test_the_service_plays_each_story_to_its_end(machine: type[DeliveryMachine], story: Story) -> None:
    story(machine())


@pytest.mark.embedded
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_wrong_variant_turns_its_story_red(machine: type[DeliveryMachine], variant: str) -> None:
    story, symptom = VARIANTS[variant]
    with failpoints.armed(variant), pytest.raises((AssertionError, IntegrityError), match=symptom):
        story(machine())


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant not in ABOUT_LATE_PAGES])
def test_wrong_variants_are_found_by_chance(machine: type[DeliveryMachine], variant: str) -> None:
    with failpoints.armed(variant), pytest.raises((AssertionError, IntegrityError)):
        play(machine, runs=400)
