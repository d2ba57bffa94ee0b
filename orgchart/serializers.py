"""The directory on the wire: plain functions that build the shapes, and REST framework's description of them for the schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.models import User
from orgchart.actions.invitations import DAYS_AT_MOST, USES_AT_MOST
from orgchart.models import Department, Invitation, Member, Organization, Placement
from orgchart.models.member import paint_of
from orgchart.names import initials
from wire.rest import Body, Choice, Email, Number, Text

JSON = dict[str, Any]
ID_AT_MOST = 2**63 - 1


def brief(member_id: int, name: str) -> JSON:
    """A person inside of something else."""
    return {"id": member_id, "name": name, "initials": initials(name), "paint": paint_of(member_id)}


def members(ids: Sequence[int]) -> list[JSON]:
    """These members, in this order, whether active or not. Two queries, however many they are."""
    rows: Iterable[Any] = Member.objects.filter(pk__in=ids).values(
        "pk",
        "name",
        "title",
        "role",
        "is_active",
        "user__is_active",
        "user__email",
        "user__phone",
        "manager_id",
        "manager__name",
    )
    places: dict[int, list[JSON]] = defaultdict(list)
    for place in (
        Placement.objects.filter(member_id__in=ids)
        .order_by("-is_primary", "department__position", "department_id")
        .values("member_id", "department_id", "department__name", "title", "is_head", "is_primary")
    ):
        places[place["member_id"]].append(
            {
                "id": place["department_id"],
                "name": place["department__name"],
                "title": place["title"],
                "is_head": place["is_head"],
                "is_primary": place["is_primary"],
            }
        )
    found = {row["pk"]: _member(row, places[row["pk"]]) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def _member(row: JSON, places: list[JSON]) -> JSON:
    return {
        "type": "member",
        **brief(row["pk"], row["name"]),
        "title": row["title"],
        "role": row["role"],
        "is_active": row["is_active"] and row["user__is_active"],
        "email": row["user__email"],
        "phone": row["user__phone"],
        "manager": brief(row["manager_id"], row["manager__name"]) if row["manager_id"] else None,
        "departments": places,
    }


def departments(organization_ids: Collection[int]) -> dict[int, list[JSON]]:
    """The whole tree of each of these organizations, parents before children, siblings in their order. Two queries."""
    rows = list(
        Department.objects.filter(organization_id__in=organization_ids)
        .order_by("position", "pk")
        .values_list("organization_id", "pk", "parent_id", "name", "position")
    )
    people: dict[int, set[int]] = defaultdict(set)
    placed = Placement.objects.filter(
        organization_id__in=organization_ids, member__is_active=True, member__user__is_active=True
    ).values_list("department_id", "member_id")
    for department_id, member_id in placed:
        people[department_id].add(member_id)
    children: dict[tuple[int, int | None], list[tuple[int, str, int]]] = defaultdict(list)
    for organization_id, pk, parent_id, name, position in rows:
        children[organization_id, parent_id].append((pk, name, position))
    trees: dict[int, list[JSON]] = {id: [] for id in organization_ids}
    for organization_id, tree in trees.items():
        _walk((organization_id, None), children, people, tree)
    return trees


def _walk(
    place: tuple[int, int | None],
    children: dict[tuple[int, int | None], list[tuple[int, str, int]]],
    people: dict[int, set[int]],
    tree: list[JSON],
) -> set[int]:
    """Append everything under (organization, parent) to the tree; answer who is there, each once."""
    organization_id, parent = place
    everybody: set[int] = set()
    for pk, name, position in children[place]:
        department: JSON = {"type": "department", "id": pk, "parent": parent, "name": name, "position": position}
        tree.append(department)
        inside = people[pk] | _walk((organization_id, pk), children, people, tree)
        department["member_count"] = len(inside)
        everybody |= inside
    return everybody


def organization(found: Organization) -> JSON:
    return {"type": "organization", "id": found.pk, "handle": found.handle, "name": found.name}


def user(found: User) -> JSON:
    """Somebody's own login, shown to nobody else."""
    return {
        name: getattr(found, name) for name in ("id", "email", "phone", "language", "time_zone", "theme", "density")
    }


def invitation(found: Invitation, link: str) -> JSON:
    """An invitation as those see it who may invite; `link` is where it leads."""
    return {
        "type": "invitation",
        "id": found.pk,
        "link": link,
        "email": found.email,
        "department": found.department_id,
        "created_by": brief(found.created_by_id, found.created_by.name),
        "use_limit": found.use_limit,
        "used_count": found.used_count,
        "created_at": found.created_at,
        "expires_at": found.expires_at,
        "revoked_at": found.revoked_at,
    }


class BriefSerializer(serializers.Serializer[JSON]):
    """A person inside of something else."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    initials = serializers.CharField()
    paint = serializers.IntegerField(min_value=1, max_value=8)


class PlaceSerializer(serializers.Serializer[JSON]):
    """A department that somebody works in, and as what."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    is_head = serializers.BooleanField()
    is_primary = serializers.BooleanField()


class MemberSerializer(BriefSerializer):
    type = serializers.ChoiceField(["member"])
    title = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(Member.Role.values)
    is_active = serializers.BooleanField()
    email = serializers.EmailField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    manager = BriefSerializer(allow_null=True)
    departments = PlaceSerializer(many=True)


class DepartmentSerializer(serializers.Serializer[JSON]):
    type = serializers.ChoiceField(["department"])
    id = serializers.IntegerField()
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    name = serializers.CharField()
    position = serializers.IntegerField(min_value=0)
    member_count = serializers.IntegerField(min_value=0, help_text="People in the whole subtree, each once.")


class OrganizationSerializer(serializers.Serializer[JSON]):
    type = serializers.ChoiceField(["organization"])
    id = serializers.IntegerField()
    handle = serializers.SlugField()
    name = serializers.CharField()


class InvitationSerializer(serializers.Serializer[JSON]):
    type = serializers.ChoiceField(["invitation"])
    id = serializers.IntegerField()
    link = serializers.URLField()
    email = serializers.CharField(allow_blank=True)
    department = serializers.IntegerField(allow_null=True)
    created_by = BriefSerializer()
    use_limit = serializers.IntegerField()
    used_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class MembersPageSerializer(serializers.Serializer[JSON]):
    results = MemberSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Give it as `cursor` for the next page.")


class DepartmentsPageSerializer(serializers.Serializer[JSON]):
    results = DepartmentSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Always null: the tree comes whole.")


class InvitationsPageSerializer(serializers.Serializer[JSON]):
    results = InvitationSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Always null: old ones are not listed.")


class InvitationBody(Body):
    """A link for one person or for many. With `email` it is mailed there and lets only that address in."""

    department = Number(required=False, allow_null=True, min_value=1, max_value=ID_AT_MOST)
    email = Email(required=False, allow_blank=True, default="")
    use_limit = Number(required=False, default=1, min_value=1, max_value=USES_AT_MOST)
    days = Number(required=False, default=7, min_value=1, max_value=DAYS_AT_MOST)


class MembersQuery(Body):
    """What may stand behind `members?`."""

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=80,
        help_text="Part of a name: characters, pinyin or initials.",
    )
    department = serializers.IntegerField(
        required=False, min_value=1, max_value=ID_AT_MOST, help_text="People of this department and of those under it."
    )
    cursor = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)


class UserSerializer(serializers.Serializer[JSON]):
    id = serializers.IntegerField()
    email = serializers.EmailField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    language = serializers.ChoiceField(["", *dict(settings.LANGUAGES)])
    time_zone = serializers.CharField(allow_blank=True)
    theme = serializers.ChoiceField(User.Theme.values)
    density = serializers.ChoiceField(User.Density.values)


class OwnMembershipSerializer(serializers.Serializer[JSON]):
    handle = serializers.SlugField()
    name = serializers.CharField()
    member = MemberSerializer()


class MeSerializer(serializers.Serializer[JSON]):
    user = UserSerializer()
    organizations = OwnMembershipSerializer(many=True)


class PreferencesBody(Body):
    language = Choice(["", *dict(settings.LANGUAGES)], required=False, help_text="Empty: as the browser asks.")
    time_zone = Text(required=False, allow_blank=True, max_length=64, help_text="IANA name; empty: the server's.")
    theme = Choice(User.Theme.values, required=False)
    density = Choice(User.Density.values, required=False)
