"""What realtime must know of conversations: who may follow which, what they see of it, how its objects look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from chat import history, serializers, store
from chat.models import Conversation, Participant, Stay
from realtime import failpoints
from realtime.models import Change
from realtime.registry import Rendered, Sight

WINDOW = 50


class ConversationStream:
    """Followed by whoever takes part now. In history mode "join" they see the messages of their stays."""

    name = "conversation"

    def followers(self, object_ids: Collection[int], member_ids: Collection[int]) -> Mapping[int, Mapping[int, Sight]]:
        rows = store.sights(object_ids, member_ids, past_ones=failpoints.is_armed("ex_member_reads"))
        # Only who came back has more than one stay; for everybody else the seat says it all.
        returned = [
            id for id, *_, generation, mode, _ in rows if mode == Conversation.HistoryMode.JOIN and generation > 1
        ]
        stays: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
        if returned:
            for participant_id, start, end in (
                Stay.objects.filter(participant_id__in=returned)
                .order_by("from_seq")
                .values_list("participant_id", "from_seq", "to_seq")
            ):
                stays[participant_id].append((start, end))
        found: dict[int, dict[int, Sight]] = defaultdict(dict)
        for id, conversation_id, member_id, joined_seq, joined_version, generation, mode, switched in rows:
            floor = 0
            spans: tuple[tuple[int, int | None], ...] | None = None
            if mode == Conversation.HistoryMode.JOIN:
                spans = tuple(stays[id]) if generation > 1 else ((joined_seq, None),)
                floor = joined_version - 1
            found[conversation_id][member_id] = Sight(f"{switched}.{generation}", spans, floor)
        return found

    def followed_by(self, member_ids: Collection[int]) -> Iterable[tuple[int, int]]:
        return Participant.objects.active().filter(member_id__in=member_ids).values_list("member_id", "conversation_id")

    def window(self, object_id: int, member_id: int, sight: Sight) -> Iterable[tuple[str, Rendered]]:
        """The conversation and its newest messages, as far as this member sees them."""
        newest = history.part(object_id, sight, WINDOW, is_backwards=True)
        yield "conversation", Rendered(serializers.conversations([object_id])[object_id])
        for shape in serializers.messages(list(reversed(newest))):
            yield "message", Rendered(shape, shape["seq"])


def render_messages(changes: Sequence[Change]) -> Mapping[int, Rendered]:
    shapes = serializers.messages_of({change.object_id for change in changes})
    return {id: Rendered(shape, shape["seq"]) for id, shape in shapes.items()}


def render_conversations(changes: Sequence[Change]) -> Mapping[int, Rendered]:
    shapes = serializers.conversations({change.object_id for change in changes})
    return {id: Rendered(shape) for id, shape in shapes.items()}


def render_participants(changes: Sequence[Change]) -> Mapping[int, Rendered]:
    participants = Participant.objects.filter(pk__in={change.object_id for change in changes}).select_related("member")
    return {participant.pk: Rendered(serializers.participant(participant)) for participant in participants}


def render_memberships(changes: Sequence[Change]) -> Mapping[int, Rendered]:
    shapes = serializers.memberships({change.object_id for change in changes})
    return {id: Rendered(shape) for id, shape in shapes.items()}


def member_window(member_id: int) -> Iterable[tuple[str, Rendered]]:
    """A member's conversations, for their own stream."""
    seats = Participant.objects.active().filter(member_id=member_id).values_list("id", flat=True)
    return [("membership", Rendered(shape)) for shape in serializers.memberships(list(seats)).values()]
