from django.db import models
from django.utils.translation import gettext_lazy as _

from orgchart.models import Member
from realtime.streams import Stream


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, member: Member) -> "ConversationQuerySet":
        """Conversations in which the member takes part now. Who left, sees nothing; nor does an administrator."""
        return self.filter(
            organization_id=member.organization_id, participants__member=member, participants__is_active=True
        )


class Conversation(models.Model):
    """People who write to one another: two of them (direct) or a named group."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("Direct")
        GROUP = "group", _("Group")

    class HistoryMode(models.TextChoices):
        ALL = "all", _("Everything since the beginning")
        JOIN = "join", _("From joining on")

    organization = models.ForeignKey("orgchart.Organization", models.CASCADE, related_name="conversations")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=80, blank=True)
    direct_key = models.CharField(max_length=41, null=True, blank=True, editable=False)
    created_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    key = models.UUIDField(help_text="Chosen by the client, so that a repeated creation is the same conversation.")
    fingerprint = models.CharField(
        max_length=32,
        blank=True,
        editable=False,
        help_text="Of what a group was asked for, to tell a retry from another group.",
    )
    history_mode = models.CharField(max_length=4, choices=HistoryMode.choices, default=HistoryMode.JOIN)
    generation = models.PositiveIntegerField(
        default=0, help_text="Raised when the history mode switches: every cursor starts over."
    )
    created_at = models.DateTimeField()

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "direct_key"], name="one_direct_conversation_per_pair"),
            models.UniqueConstraint(fields=["organization", "created_by", "key"], name="conversation_created_once"),
            models.CheckConstraint(
                condition=models.Q(kind="direct", direct_key__isnull=False, name="")
                | models.Q(kind="group", direct_key=None) & ~models.Q(name=""),
                name="direct_has_a_pair_group_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"direct {self.direct_key}"

    @property
    def stream(self) -> Stream:
        return Stream("conversation", self.pk)
