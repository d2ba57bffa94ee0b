"""The people of the tests, made as everybody is made: through actions.

lin owns 湖畔科技 (handle `lakeside`), zhao is an administrator there, wei a member; ana owns Northwind, where ben is a member.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.test import Client

from accounts.actions.tokens import create_token
from accounts.actions.users import create_user
from accounts.models import Scope, User
from orgchart.actions.departments import create_department, place_member
from orgchart.actions.members import add_member
from orgchart.actions.organizations import found_organization
from orgchart.models import Department, Member, Organization

PASSWORD = "a quiet lake at dawn"
_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def quick_hashing() -> None:
    """Argon2 still, but with next to no work: a suite signs in more often than a company."""
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@cache
def hashed_password() -> str:
    """Once is enough for everybody."""
    return make_password(PASSWORD)


def unsaved_user(address: str) -> User:
    """Somebody whose password is PASSWORD."""
    return User(email=address, password=hashed_password())


@pytest.fixture
def lin(db: None) -> Member:
    return found_organization(
        name="湖畔科技", handle="lakeside", owner_name="林溪", user=unsaved_user("lin@lakeside.example")
    )


@pytest.fixture
def lakeside(lin: Member) -> Organization:
    return lin.organization


@pytest.fixture
def wei(lin: Member) -> Member:
    return newcomer(lin.organization, name="魏然", address="wei@lakeside.example")


@pytest.fixture
def zhao(lin: Member) -> Member:
    return newcomer(lin.organization, name="赵明远", address="zhao@lakeside.example", role=Member.Role.ADMIN)


@pytest.fixture
def ana(db: None) -> Member:
    return found_organization(
        name="Northwind", handle="northwind", owner_name="Ana Moreno", user=unsaved_user("ana@northwind.example")
    )


@pytest.fixture
def northwind(ana: Member) -> Organization:
    return ana.organization


@pytest.fixture
def ben(ana: Member) -> Member:
    return newcomer(ana.organization, name="Ben Archer", address="ben@northwind.example")


@pytest.fixture
def design(lin: Member, wei: Member) -> Department:
    """产品部 / 设计组: wei heads the inner one."""
    outer = create_department(organization=lin.organization, name="产品部")
    inner = create_department(organization=lin.organization, name="设计组", parent=outer)
    place_member(member=wei, department=inner, title="组长", is_head=True)
    return inner


def newcomer(
    organization: Organization, *, name: str = "", address: str = "", role: str = Member.Role.MEMBER
) -> Member:
    """One more person in a company; without a name, a numbered one."""
    number = next(_numbers)
    user = create_user(user=unsaved_user(address or f"person{number}@{organization.handle}.example"))
    return add_member(organization=organization, user=user, name=name or f"Person {number}", role=role)


def browser_of(member: Member, **options: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(**options)
    client.force_login(member.user)
    return client


def token_of(member: Member, *scopes: str, days: int = 1) -> str:
    """A new access token's secret; without scopes, with all of them."""
    _token, secret = create_token(
        user=member.user, organization_id=member.organization_id, name="test", scopes=scopes or Scope.values, days=days
    )
    return secret


def program_of(member: Member, *scopes: str) -> Client:
    """A program that shows an access token with every request."""
    return Client(headers={"Authorization": f"Bearer {token_of(member, *scopes)}"})


def names_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The names in a list of objects, in their order."""
    return [row["name"] for row in rows]
