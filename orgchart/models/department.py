from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from tree_queries.query import TreeQuerySet

if TYPE_CHECKING:
    from orgchart.models.member import Member


class DepartmentQuerySet(TreeQuerySet):
    def visible_to(self, member: Member) -> DepartmentQuerySet:
        """What this member may see of the tree. Today all of their own organization; limits come with hidden departments."""
        return self.filter(organization_id=member.organization_id)


class Department(models.Model):  # type: ignore[django-manager-missing]
    """A node of the company's tree. The root of the tree is the organization itself: departments without parent hang under it."""

    organization = models.ForeignKey("orgchart.Organization", models.CASCADE, related_name="departments")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name="parent"
    )
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)

    # tree_queries comes without types.
    objects = DepartmentQuerySet.as_manager(with_tree_fields=False)  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["organization", "parent"], name="department_children")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "parent", "name"], name="department_name_once"),
            # SQLite takes two nulls for two different parents.
            models.UniqueConstraint(
                fields=["organization", "name"], condition=models.Q(parent=None), name="top_department_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """A member's place in a department. Somebody may have several; one of them is primary."""

    organization = models.ForeignKey("orgchart.Organization", models.CASCADE, related_name="+")
    department = models.ForeignKey("orgchart.Department", models.CASCADE, related_name="placements")
    member = models.ForeignKey("orgchart.Member", models.CASCADE, related_name="placements")
    title = models.CharField(max_length=80, blank=True)
    is_head = models.BooleanField(default=False)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "department", "member"], name="placed_once_in_department"),
            models.UniqueConstraint(
                fields=["organization", "member"], condition=models.Q(is_primary=True), name="one_primary_placement"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.department}"
