"""What the server says on the socket, as text. docs/api/socket.md describes each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils import translation

from realtime import failpoints, reading
from realtime.gate import Pass
from realtime.models import Change
from realtime.reading import StreamChanges
from realtime.registry import Rendered, Sight, registry
from realtime.streams import Stream
from wire.json import encode
from wire.problems import Problem


def hello(identity: Pass, *, epoch: int, heads: Mapping[Stream, int], heartbeat_seconds: float) -> str:
    """The first frame: who one is here, and where all one's streams stand."""
    return encode(
        {
            "type": "hello",
            "member": identity.member_id,
            "organization": identity.organization_id,
            "epoch": epoch,
            "heads": {str(stream): version for stream, version in heads.items()},
            "heartbeat_seconds": int(heartbeat_seconds),
        }
    )


def heartbeat(*, epoch: int, moved: Mapping[Stream, int], versions: Sequence[int]) -> str:
    """The heads that moved since the last one, and count and sum of all as a check."""
    heads = {str(stream): version for stream, version in moved.items()}
    return encode({"type": "heartbeat", "epoch": epoch, "heads": heads, "count": len(versions), "sum": sum(versions)})


def typing(*, conversation: int, member: int, is_typing: bool) -> str:
    """Somebody writes, or has stopped."""
    return encode({"type": "typing", "conversation": conversation, "member": member, "is_typing": is_typing})


def presence(states: Mapping[int, str]) -> str:
    """How people stand: online, away, offline."""
    return encode({"type": "presence", "members": {str(member): state for member, state in states.items()}})


def answer(id: str | None, status: int, body: str) -> str:
    """To a frame that asked for one; the body is JSON already, and may be that of many answers."""
    return f'{{"type":"answer","id":{encode(id)},"status":{status},"body":{body}}}'


def refusal(problem: Problem, identity: Pass) -> tuple[int, str]:
    """Status and body for `answer`, in the language of whom it goes to."""
    with translation.override(identity.language):
        return problem.status, encode(problem.document())


def change_of(kind: str, version: int, rendered: Rendered) -> str:
    """One change, as it stands in a frame and in the answer of a sync."""
    return f'{{"kind":"{kind}","version":{version},"object":{rendered.text}}}'


def changes(
    item: StreamChanges,
    newest: Iterable[Change],
    objects: Mapping[tuple[str, int], Rendered],
    followers: Mapping[int, Sight],
    *,
    epoch: int,
) -> list[tuple[str, list[int]]]:
    """What happened in a stream, as (text, members who see just this). In most passes that is one text for everybody."""
    texts = [
        (rendered.seq, change_of(change.kind, change.version, rendered))
        for change, rendered in reading.shown(newest, objects)
    ]
    since = 0 if failpoints.is_armed("payload_push") else item.since
    start = (
        f'{{"type":"changes","stream":"{item.stream}","epoch":{epoch},"from":{since},"to":{item.version},'
        f'"reset":{encode(any(change.kind in registry.resetting for change in item.changes))},"changes":['
    )
    return [
        (start + ",".join(text for (_, text), is_seen in zip(texts, view, strict=True) if is_seen) + "]}", members)
        for view, members in _by_view([seq for seq, _ in texts], followers).items()
    ]


def _by_view(numbers: Sequence[int | None], followers: Mapping[int, Sight]) -> Mapping[tuple[bool, ...], list[int]]:
    lowest = min((seq for seq in numbers if seq is not None), default=None)
    everything = (True,) * len(numbers)
    # Who sees the same mostly shares one sight, and it is asked once.
    shared: dict[int, tuple[Sight, list[int]]] = {}
    for member_id, sight in followers.items():
        shared.setdefault(id(sight), (sight, []))[1].append(member_id)
    views: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    for sight, members in shared.values():
        view = everything if sight.sees_on_from(lowest) else tuple(sight.sees(seq) for seq in numbers)
        views[view] += members
    return views
