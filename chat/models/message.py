from django.db import models
from django.utils.translation import gettext_lazy as _

from orgchart.models import Member


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, member: Member) -> "MessageQuerySet":
        """Messages of conversations in which the member takes part now, and of those that show from joining on, only
        their stays.
        """
        from chat.models.participant import Participant, Stay

        mine = Participant.objects.filter(
            conversation_id=models.OuterRef("conversation_id"), member=member, is_active=True
        )
        stay = Stay.objects.filter(
            participant__member=member,
            participant__conversation_id=models.OuterRef("conversation_id"),
            from_seq__lte=models.OuterRef("seq"),
        ).filter(models.Q(to_seq=None) | models.Q(to_seq__gte=models.OuterRef("seq")))
        return self.filter(models.Exists(mine), organization_id=member.organization_id).filter(
            models.Q(conversation__history_mode="all") | models.Exists(stay)
        )

    def in_order(self) -> "MessageQuerySet":
        return self.order_by("seq")


class Message(models.Model):
    """Something said, or something that happened (kind system), as number `seq` of its conversation."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        SYSTEM = "system", _("System")

    # The constraints below are indexes that begin with these; more of them would make every message dearer.
    organization = models.ForeignKey("orgchart.Organization", models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey("chat.Conversation", models.CASCADE, related_name="messages", db_index=False)
    sender = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TEXT)
    key = models.UUIDField(help_text="Chosen by the client before its first attempt.")
    fingerprint = models.CharField(
        max_length=32, editable=False, help_text="Of what was posted, to tell a retry from another message."
    )
    seq = models.BigIntegerField()
    version = models.BigIntegerField()
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    event = models.JSONField(
        null=True, help_text="What happened, in ids and names of then; the reader's client words it."
    )
    posted_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    recalled_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "sender", "key"], name="message_posted_once"),
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_number_once"),
            models.CheckConstraint(
                condition=models.Q(recalled_at=None) | models.Q(text="", html=""), name="recalled_has_no_content"
            ),
            models.CheckConstraint(
                condition=models.Q(recalled_at=None, recalled_by=None)
                | models.Q(recalled_at__isnull=False, recalled_by__isnull=False),
                name="recalled_by_somebody",
            ),
        ]
        indexes = [
            # Unread is head minus seen minus these: what doesn't count for anybody, and one's own.
            models.Index(
                fields=["conversation", "seq"],
                condition=models.Q(recalled_at__isnull=False) | models.Q(kind="system"),
                name="silent_messages",
            ),
            models.Index(
                fields=["conversation", "sender", "seq"],
                condition=models.Q(recalled_at=None, kind="text"),
                name="loud_messages_of_sender",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.seq} of {self.conversation_id}"
