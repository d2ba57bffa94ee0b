"""The company as its pages show it: the tree with everybody counted, and people with where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Prefetch

from orgchart import serializers
from orgchart.models import Member, Placement
from orgchart.models.member import MemberQuerySet, paint_of


@dataclass(slots=True)
class Node:
    """A department as the tree shows it."""

    id: int
    parent_id: int | None
    name: str
    member_count: int
    children: list[Node] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @property
    def paint(self) -> int:
        return paint_of(self.id)


@dataclass(slots=True)
class Tree:
    roots: list[Node]
    nodes: dict[int, Node]

    def path(self, department_id: int) -> list[Node]:
        """From the top down to this department."""
        return list(self._upwards(department_id))[::-1]

    def _upwards(self, department_id: int | None) -> Iterator[Node]:
        while department_id is not None:
            yield self.nodes[department_id]
            department_id = self.nodes[department_id].parent_id


def tree(member: Member) -> Tree:
    """The departments that this member may see, in order, with everybody counted. Three queries, whatever the size."""
    found = Tree([], {})
    for row in serializers.departments([member.organization_id])[member.organization_id]:
        node = found.nodes[row["id"]] = Node(row["id"], row["parent"], row["name"], row["member_count"])
        (found.nodes[node.parent_id].children if node.parent_id else found.roots).append(node)
    heads = Placement.objects.filter(is_head=True, member__in=Member.objects.visible_to(member)).order_by(
        "member__sort_key"
    )
    for department_id, name in heads.values_list("department_id", "member__name"):
        found.nodes[department_id].heads.append(name)
    return found


def with_places(found: MemberQuerySet) -> MemberQuerySet:
    """People together with where they stand, the main department first: one query more, whatever their number."""
    places = Placement.objects.select_related("department").order_by("-is_primary", "department__position", "id")
    return found.prefetch_related(Prefetch("placements", places))
