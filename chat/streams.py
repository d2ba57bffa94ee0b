"""What realtime must know of conversations: who may follow which, what they see of it, how its objects look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from accounts.models import Scope
from chat import serializers, store
from chat.models import Conversation, Participant, Stay
from realtime import failpoints
from realtime.models import Change
from realtime.registry import Rendered, Sight, View
from realtime.sync import fitting

WINDOW = 50


class ConversationStream:
    """Followed by whoever takes part now. In history mode "join" they see the messages of their stays."""

    name = "conversation"
    read_scope: str = Scope.CHAT_READ

    def followers(self, object_ids: Collection[int], member_ids: Collection[int]) -> Mapping[int, Mapping[int, Sight]]:
        shared = store.sights(object_ids, member_ids, past_ones=failpoints.is_armed("ex_member_reads"))
        # Only who came back has more than one stay; for everybody else the seat says it all.
        stays: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
        if returned := [those.participant_id for those in shared if those.participant_id is not None]:
            for participant_id, start, end in (
                Stay.objects.filter(participant_id__in=returned)
                .order_by("from_seq")
                .values_list("participant_id", "from_seq", "to_seq")
            ):
                stays[participant_id].append((start, end))
        found: dict[int, dict[int, Sight]] = defaultdict(dict)
        for those in shared:
            floor = 0
            spans: tuple[tuple[int, int | None], ...] | None = None
            if those.mode == Conversation.HistoryMode.JOIN:
                id = those.participant_id
                spans = ((those.joined_seq, None),) if id is None else tuple(stays[id])
                floor = those.joined_version - 1
            sight = Sight(f"{those.switched}.{those.generation}", spans, floor)
            found[those.conversation_id].update(dict.fromkeys(those.member_ids, sight))
        return found

    def followed_by(self, member_ids: Collection[int]) -> Iterable[tuple[int, int]]:
        return Participant.objects.active().filter(member_id__in=member_ids).values_list("member_id", "conversation_id")

    def windows(self, wanted: Collection[View]) -> Mapping[View, Sequence[Rendered]]:
        """Each conversation and its newest messages, as far as this sight shows them."""
        shapes = serializers.conversations({id for id, _sight in wanted})
        # Numbers have no gaps: which are the newest is known before any of them is read.
        newest = {(id, sight): _newest(sight, shapes[id]["seq"]) for id, sight in wanted}
        ids = store.message_ids({(id, *piece) for (id, _sight), pieces in newest.items() for piece in pieces})
        messages = {id: Rendered(shape, shape["seq"]) for id, shape in serializers.messages_of(ids.values()).items()}
        conversations = {id: Rendered(shape) for id, shape in shapes.items()}
        return {
            (id, sight): [conversations[id], *_upwards([messages[ids[id, seq]] for seq in _numbers(pieces)])]
            for (id, sight), pieces in newest.items()
        }


def _newest(sight: Sight, head: int) -> list[tuple[int, int]]:
    """The last WINDOW visible numbers up to the head, in pieces, the newest first."""
    pieces: list[tuple[int, int]] = []
    left = WINDOW
    for first, last in reversed(sight.part_of(1, head)):
        if left:
            pieces.append((max(first, last - left + 1), last))
            left -= last - pieces[-1][0] + 1
    return pieces


def _numbers(pieces: Iterable[tuple[int, int]]) -> list[int]:
    """Downwards."""
    return [seq for first, last in pieces for seq in range(last, first - 1, -1)]


def _upwards(messages: Sequence[Rendered]) -> Sequence[Rendered]:
    """As many of the newest as an answer may hold, which are given downwards."""
    return messages[: fitting(messages)][::-1]


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


def member_windows(member_ids: Collection[int]) -> Mapping[int, Sequence[Rendered]]:
    """The conversations of each member, for their own stream."""
    seats = Participant.objects.active().filter(member_id__in=member_ids).values_list("id", "member_id")
    owners = dict(seats)
    windows: dict[int, list[Rendered]] = defaultdict(list)
    for id, shape in serializers.memberships(owners.keys()).items():
        windows[owners[id]].append(Rendered(shape))
    return windows
