"""What serving prepares, and what it leaves alone."""

import pytest
from pytest_django.fixtures import Settings

from orgchart.models import Member, Organization
from workspace.management.commands.serve import prepare


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_a_company_that_works_here_is_served_without_the_demo(lin: Member, settings: Settings) -> None:
    settings.DEMO = True
    prepare()
    assert list(Organization.objects.values_list("handle", flat=True)) == ["lakeside"]
    assert Member.objects.count() == 1
