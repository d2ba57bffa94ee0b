from django.db import models
from django.utils.translation import gettext_lazy as _

from orgchart.models import Member

RANKS = {"owner": 0, "admin": 1, "member": 2}


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def active(self) -> "ParticipantQuerySet":
        return self.filter(is_active=True)

    def in_order(self) -> "ParticipantQuerySet":
        """Owner, then administrators, then everybody by name."""
        rank = models.Case(*[models.When(role=role, then=rank) for role, rank in RANKS.items()])
        return self.annotate(rank=rank).order_by("rank", "member__sort_key", "id")

    def behind(self, rank: int, sort_key: str, id: int) -> "ParticipantQuerySet":
        """Of those in order, who comes after this place."""
        namesakes = models.Q(member__sort_key=sort_key, id__gt=id)
        return self.filter(
            models.Q(rank__gt=rank) | models.Q(models.Q(member__sort_key__gt=sort_key) | namesakes, rank=rank)
        )


class Participant(models.Model):
    """A member in a conversation, with their own view of it.

    Evidence is `read_seq` (everything up to it was displayed) and `read_ranges` (displayed further down). The badge
    is `seen_seq`: what stands after it is unread. Both are numbers of messages; neither says anything of the other.
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ADMIN = "admin", _("Administrator")
        MEMBER = "member", _("Member")

    organization = models.ForeignKey("orgchart.Organization", models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey("chat.Conversation", models.CASCADE, related_name="participants")
    member = models.ForeignKey(Member, models.CASCADE, related_name="participations")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.MEMBER)
    is_active = models.BooleanField(default=True)
    joined_seq = models.BigIntegerField(help_text="The first message of the present stay.")
    joined_version = models.BigIntegerField(
        default=0, help_text="The change that began it; nobody follows from before."
    )
    joined_at = models.DateTimeField()
    generation = models.PositiveIntegerField(
        default=0, help_text="Raised at joining and leaving: the member's cursor starts over."
    )
    seen_seq = models.BigIntegerField(default=0)
    read_seq = models.BigIntegerField(default=0)
    read_ranges = models.JSONField(default=list)
    is_muted = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False)
    version = models.BigIntegerField(
        default=0, help_text="In the conversation's stream, at the last change that others see."
    )
    own_version = models.BigIntegerField(
        default=0, help_text="In the member's stream, at the last change that only they see."
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "conversation", "member"], name="participant_once"),
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(role="owner", is_active=True), name="one_owner_at_most"
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation", "member"], condition=models.Q(is_active=True), name="active_by_conversation"
            ),
            models.Index(
                fields=["member", "conversation"], condition=models.Q(is_active=True), name="active_by_member"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.conversation_id}"

    @property
    def place(self) -> tuple[int, str, int]:
        """Where this one stands in the order of participants."""
        return RANKS[self.role], self.member.sort_key, self.pk


class Stay(models.Model):
    """From which message to which somebody took part.

    Open (`to_seq` null) while they do. In history mode "join" they see these messages.
    """

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="stays", db_index=False)
    from_seq = models.BigIntegerField()
    to_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant"], condition=models.Q(to_seq=None), name="one_open_stay"),
            models.CheckConstraint(
                condition=models.Q(to_seq=None) | models.Q(to_seq__gte=models.F("from_seq") - 1),
                name="stay_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["participant", "from_seq"], name="stays_in_order")]

    def __str__(self) -> str:
        return f"{self.from_seq}–{self.to_seq or ''}"
