from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgchart.models.department import Department, Placement
from orgchart.names import initials, needle_of
from realtime.streams import Stream

PAINTS = 8


def paint_of(member_id: int) -> int:
    """The avatar's colour, 1 to 8: steady, because it depends on the id alone."""
    return member_id * 2_654_435_761 % 2**32 * PAINTS // 2**32 + 1


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> MemberQuerySet:
        return self.filter(is_active=True, user__is_active=True)

    def last_owners(self) -> MemberQuerySet:
        """Owners beside whom their organization has no other who could act."""
        others = Member.objects.active().filter(organization=models.OuterRef("organization"), role=Member.Role.OWNER)
        return self.filter(~models.Exists(others.exclude(pk=models.OuterRef("pk"))), role=Member.Role.OWNER)

    def visible_to(self, member: Member) -> MemberQuerySet:
        """Whom this member may see. Today everybody active in their own organization; limits come with hidden people."""
        return self.active().filter(organization_id=member.organization_id)

    def named_like(self, text: str) -> MemberQuerySet:
        """Members whose name, pinyin or initials contain the text; `lx`, `linxi` and `林` all find 林溪."""
        needle = needle_of(text)
        return self.filter(search_text__contains=needle) if needle else self

    def within(self, department: Department) -> MemberQuerySet:
        """People of a department and of all departments under it."""
        tree = Department.objects.descendants(department, include_self=True).values("pk")
        return self.filter(pk__in=Placement.objects.filter(department__in=tree).values("member_id"))

    def in_order(self) -> MemberQuerySet:
        """By name: Chinese by pinyin, others among them."""
        return self.order_by("sort_key", "id")


class Member(models.Model):
    """A user in one organization. Everything that happens in the organization refers to it, never to the user."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ADMIN = "admin", _("Administrator")
        MEMBER = "member", _("Member")

    # Without an index of its own: the planner took it where the pair's was meant, and proving 500 people took 30 ms instead of 1.
    organization = models.ForeignKey("orgchart.Organization", models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="memberships")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.MEMBER)
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    search_text = models.TextField(blank=True, editable=False)
    sort_key = models.CharField(max_length=160, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="member_once_in_organization"),
            models.CheckConstraint(condition=~models.Q(manager=models.F("id")), name="nobody_manages_themselves"),
        ]
        indexes = [models.Index(fields=["organization", "sort_key", "id"], name="members_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_administrator(self) -> bool:
        return self.role in {self.Role.OWNER, self.Role.ADMIN}

    @property
    def stream(self) -> Stream:
        return Stream("member", self.pk)

    @property
    def initials(self) -> str:
        """What stands in the avatar: 林溪, 明远, GH."""
        return initials(self.name)

    @property
    def paint(self) -> int:
        """The avatar's colour, 1 to 8."""
        return paint_of(self.pk)
