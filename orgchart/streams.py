"""The streams of a company and of each of its members, as realtime asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from accounts.models import Scope
from orgchart import serializers, store
from orgchart.models import Department
from realtime.models import Change
from realtime.registry import Rendered, Sight, View

EVERYTHING = Sight()


class OrganizationStream:
    """The directory, for everybody in the organization."""

    name = "organization"
    read_scope: str = Scope.DIRECTORY_READ

    def followers(self, object_ids: Collection[int], member_ids: Collection[int]) -> Mapping[int, Mapping[int, Sight]]:
        found: dict[int, dict[int, Sight]] = defaultdict(dict)
        for organization_id, member_id in store.active_members_of(object_ids, member_ids):
            found[organization_id][member_id] = EVERYTHING
        return found

    def followed_by(self, member_ids: Collection[int]) -> Iterable[tuple[int, int]]:
        return [
            (member_id, organization_id) for organization_id, member_id in store.active_members_of(None, member_ids)
        ]

    def windows(self, wanted: Collection[View]) -> Mapping[View, Sequence[Rendered]]:
        """The trees. People are read page by page from `members`, where somebody needs them: there may be ten thousand."""
        trees = serializers.departments({id for id, _sight in wanted})
        shown = {id: [Rendered(department) for department in tree] for id, tree in trees.items()}
        return {(id, sight): shown[id] for id, sight in wanted}


class MemberStream:
    """What concerns one member alone. Rooms above add to its windows what they put on it: {member: objects}."""

    name = "member"
    read_scope: str = Scope.CHAT_READ

    def __init__(self) -> None:
        self.parts: list[Callable[[Collection[int]], Mapping[int, Sequence[Rendered]]]] = []

    def followers(self, object_ids: Collection[int], member_ids: Collection[int]) -> Mapping[int, Mapping[int, Sight]]:
        own = set(object_ids).intersection(member_ids)
        return (
            {member_id: {member_id: EVERYTHING} for _organization, member_id in store.active_members_of(None, own)}
            if own
            else {}
        )

    def followed_by(self, member_ids: Collection[int]) -> Iterable[tuple[int, int]]:
        return [(member_id, member_id) for member_id in member_ids]

    def windows(self, wanted: Collection[View]) -> Mapping[View, Sequence[Rendered]]:
        parts = [part({member_id for member_id, _sight in wanted}) for part in self.parts]
        return {(id, sight): [shown for part in parts for shown in part.get(id, ())] for id, sight in wanted}


member_stream = MemberStream()


def render_members(changes: Sequence[Change]) -> Mapping[int, Rendered]:
    """Members as they are now, those who left with `is_active` false."""
    return {member["id"]: Rendered(member) for member in serializers.members([change.object_id for change in changes])}


def render_departments(changes: Sequence[Change]) -> Mapping[int, Rendered]:
    """Departments with the people they count now."""
    wanted = {change.object_id for change in changes}
    organizations = set(Department.objects.filter(pk__in=wanted).values_list("organization_id", flat=True))
    trees = serializers.departments(organizations).values()
    return {item["id"]: Rendered(item) for tree in trees for item in tree if item["id"] in wanted}
