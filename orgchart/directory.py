"""Questions about the company as a whole: its tree with everybody counted, and who stands in a part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch, Q

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

    def subtree(self) -> Iterator[Node]:
        """The department itself and everything below it, from the top down."""
        yield self
        for child in self.children:
            yield from child.subtree()


@dataclass(slots=True)
class Tree:
    roots: list[Node]
    nodes: dict[int, Node]

    def path(self, node: Node) -> list[Node]:
        """From the top down to this department."""
        path = [node]
        while (parent := path[0].parent_id) is not None:
            path.insert(0, self.nodes[parent])
        return path


def tree(member: Member) -> Tree:
    """The departments that this member may see, in order, with everybody counted. Three queries, whatever the size."""
    found = Tree([], {})
    for row in serializers.departments([member.organization_id]):
        node = found.nodes[row["id"]] = Node(row["id"], row["parent"], row["name"], row["member_count"])
        (found.nodes[node.parent_id].children if node.parent_id else found.roots).append(node)
    heads = Placement.objects.filter(is_head=True, member__in=Member.objects.visible_to(member)).order_by("member__sort_key")
    for department_id, name in heads.values_list("department_id", "member__name"):
        found.nodes[department_id].heads.append(name)
    return found


def people(member: Member, *, department: Node | None = None, named: str = "") -> MemberQuerySet:
    """Whom this member may see, in order: in a department with all below it, by name, or both."""
    found = Member.objects.visible_to(member).named_like(named)
    if department:
        below = [node.id for node in department.subtree()]
        found = found.filter(Exists(Placement.objects.filter(member=OuterRef("pk"), department_id__in=below)))
    return found.in_order()


def with_places(found: MemberQuerySet) -> MemberQuerySet:
    """People together with where they stand, the main department first: one query more, whatever their number."""
    places = Placement.objects.select_related("department").order_by("-is_primary", "department__position", "id")
    return found.prefetch_related(Prefetch("placements", places))


def after(found: MemberQuerySet, sort_key: str, pk: int) -> MemberQuerySet:
    """The rest of an ordered list, behind this place."""
    return found.filter(Q(sort_key__gt=sort_key) | Q(sort_key=sort_key, pk__gt=pk))
