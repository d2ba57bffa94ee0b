"""Typing and presence: said to those who look at the conversation, or at the person, right now; never kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from realtime import frames
from realtime.connection import Connection, Pushes
from realtime.hints import Hint
from realtime.presence import Presence, State
from realtime.registry import registry


def typing(hints: Iterable[Hint], screens: Iterable[Connection]) -> Pushes:
    """Who writes, to those who have the conversation open and take part. Whoever claims to write must take part, too."""
    writing = {
        (hint["typing"]["conversation"], hint["typing"]["member"]): hint["typing"]["is_typing"] for hint in hints
    }
    looking: dict[int, list[Connection]] = defaultdict(list)
    for screen in screens:
        if screen.open_conversation is not None:
            looking[screen.open_conversation].append(screen)
    rooms = {room for room, _member in writing if room in looking}
    if not rooms:
        return []
    asked = {screen.identity.member_id for room in rooms for screen in looking[room]}
    sights = registry.streams["conversation"].followers(rooms, asked | {member for _room, member in writing})
    pushes: Pushes = []
    for (room, member), is_typing in writing.items():
        may = sights.get(room, {})
        if member in may:
            others = [s for s in looking[room] if s.identity.member_id in may and s.identity.member_id != member]
            pushes.append((others, frames.typing(conversation=room, member=member, is_typing=is_typing)))
    return pushes


def presence(hints: Iterable[Hint], known: Presence, screens: Iterable[Connection]) -> Pushes:
    """How people stand now, to those whose screens show them."""
    states = {
        hint["presence"]["member"]: known.heard(
            hint["presence"]["member"], hint["presence"]["process"], hint["presence"]["state"]
        )
        for hint in hints
    }
    return stands(states, screens)


def stands(states: Mapping[int, State], screens: Iterable[Connection]) -> Pushes:
    """These states, each to those who watch the member."""
    everybody = list(screens)
    return [
        (watching, frames.presence({member_id: state}))
        for member_id, state in states.items()
        if (watching := [screen for screen in everybody if member_id in screen.watched])
    ]
