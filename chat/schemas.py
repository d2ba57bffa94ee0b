"""What REST takes and gives, for checking input and for the OpenAPI schema.

The shapes that go out are built in `chat.serializers`.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from chat import models
from orgchart.serializers import BriefSerializer as BriefShape
from wire.rest import Body, Choice, Flag, Key, List, Number, OneField, Shape, Text

LARGEST_ID = 2**63 - 1
EVENTS = (
    "conversation.created",
    "conversation.renamed",
    "history.switched",
    "participants.added",
    "participant.removed",
    "participant.left",
    "role.changed",
)


def _id() -> Number:
    return Number(min_value=1, max_value=LARGEST_ID)


def _seq() -> serializers.IntegerField:
    """Behind a question mark everything is text."""
    return serializers.IntegerField(required=False, min_value=0, max_value=LARGEST_ID)


# ── what comes in ──


class ListQuery(Body):
    cursor = serializers.CharField(required=False, max_length=400)
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=500)


class HistoryQuery(Body):
    before = _seq()
    after = _seq()
    around = _seq()
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        places = [name for name in ("before", "after", "around") if name in attrs]
        if len(places) > 1:
            raise serializers.ValidationError(
                {places[1]: [_("Give one of %(names)s.") % {"names": "before, after, around"}]}
            )
        return attrs


class SyncQuery(Body):
    cursor = serializers.CharField(required=False, max_length=100)


class NewConversation(Body):
    key = Key()
    kind = Choice(models.Conversation.Kind.choices)
    members = List(child=_id(), min_length=1, max_length=2_000)
    name = Text(required=False, default="", allow_blank=True, max_length=80)
    history_mode = Choice(models.Conversation.HistoryMode.choices, required=False, default="join")


class ConversationChange(OneField):
    name = Text(required=False, max_length=80)
    history_mode = Choice(models.Conversation.HistoryMode.choices, required=False)


class NewParticipants(Body):
    members = List(child=_id(), min_length=1, max_length=2_000)


class Role(Body):
    role = Choice(models.Participant.Role.choices)


class NewMessage(Body):
    key = Key()
    # The action measures the text; trimming here would change what was said.
    text = Text(trim_whitespace=False, allow_blank=True)


class MessageChange(Body):
    text = Text(trim_whitespace=False, allow_blank=True)


class Displayed(Body):
    displayed = List(
        child=List(child=_id(), min_length=2, max_length=2),
        max_length=200,
    )


class Place(Body):
    seq = Number(min_value=0, max_value=LARGEST_ID)


class Preference(Body):
    is_muted = Flag(required=False)
    is_pinned = Flag(required=False)


# ── what goes out ──


class Conversation(Shape):
    type = serializers.ChoiceField(["conversation"])
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(models.Conversation.Kind.choices)
    name = serializers.CharField(allow_null=True)
    people = BriefShape(many=True)
    owner = serializers.IntegerField(allow_null=True)
    participant_count = serializers.IntegerField()
    history_mode = serializers.ChoiceField(models.Conversation.HistoryMode.choices)
    seq = serializers.IntegerField()
    version = serializers.IntegerField()
    created_by = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class Membership(Shape):
    type = serializers.ChoiceField(["membership"])
    conversation = serializers.IntegerField()
    is_active = serializers.BooleanField()
    role = serializers.ChoiceField(models.Participant.Role.choices)
    is_muted = serializers.BooleanField()
    is_pinned = serializers.BooleanField()
    joined_seq = serializers.IntegerField()
    seen_seq = serializers.IntegerField()
    read_seq = serializers.IntegerField()
    read_ranges = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    unread = serializers.IntegerField()
    version = serializers.IntegerField()


class Event(Shape):
    """What happened; the client words it in its reader's language. Which fields come beside the first three depends on the kind."""

    kind = serializers.ChoiceField(EVENTS)
    by = BriefShape()
    people = BriefShape(many=True)
    name = serializers.CharField(required=False)
    role = serializers.ChoiceField(models.Participant.Role.choices, required=False)
    history_mode = serializers.ChoiceField(models.Conversation.HistoryMode.choices, required=False)


class Message(Shape):
    type = serializers.ChoiceField(["message"])
    id = serializers.IntegerField()
    key = serializers.UUIDField()
    conversation = serializers.IntegerField()
    seq = serializers.IntegerField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(models.Message.Kind.choices)
    sender = BriefShape()
    text = serializers.CharField(allow_blank=True)
    html = serializers.CharField(allow_blank=True)
    event = Event(allow_null=True, help_text="What happened, for messages of kind `system`.")
    posted_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    recalled_at = serializers.DateTimeField(allow_null=True)
    recalled_by = serializers.IntegerField(allow_null=True)


class ListItem(Shape):
    conversation = Conversation()
    membership = Membership()
    last_message = Message(allow_null=True)
    cursor = serializers.CharField()


class ListPage(Shape):
    results = ListItem(many=True)
    next = serializers.CharField(allow_null=True)


class Person(BriefShape):
    title = serializers.CharField(allow_blank=True)


class Participant(Shape):
    type = serializers.ChoiceField(["participant"])
    id = serializers.IntegerField()
    conversation = serializers.IntegerField()
    person = Person()
    role = serializers.ChoiceField(models.Participant.Role.choices)
    is_active = serializers.BooleanField()
    joined_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class ParticipantList(Shape):
    results = Participant(many=True)


class ParticipantPage(ParticipantList):
    next = serializers.CharField(allow_null=True)


class HistoryPage(Shape):
    messages = Message(many=True)
    cursor = serializers.CharField()
    has_before = serializers.BooleanField()
    has_after = serializers.BooleanField()


class ChangeShape(Shape):
    kind = serializers.CharField()
    version = serializers.IntegerField()
    object = serializers.JSONField(allow_null=True)


class SyncPage(Shape):
    stream = serializers.CharField()
    changes = ChangeShape(many=True)
    cursor = serializers.CharField()
    more = serializers.BooleanField()
    reset = serializers.BooleanField()
