"""Playing the scripts: two companies are founded, and whatever was said in them is said again by the same actions, with its dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice
from uuid import uuid4

from django.db import transaction

from accounts.actions.users import create_user, new_user, update_preferences
from accounts.models import User
from chat.actions.conversations import create_group, rename, start_direct
from chat.actions.mending import edit_message, recall_message
from chat.actions.participants import add_participants, give_role, remove_participant
from chat.actions.posting import Post, post_messages
from chat.actions.preferences import prefer
from chat.actions.reading import mark_unread, note_displayed
from chat.models import Conversation, Message, Participant
from orgchart.actions.departments import create_department, place_member
from orgchart.actions.members import add_member, set_manager, update_member
from orgchart.actions.organizations import found_organization
from orgchart.models import Department, Member
from realtime.streams import enclosed
from workspace.demo import cast, routine
from workspace.demo.days import Calendar
from workspace.demo.people import COMPANIES, Company, Person
from workspace.demo.screenplay import BadScript, Line, Scene, listed, scenes_of

# So many messages in one transaction's statements.
BATCH = 200
# Nothing was said in the last minutes: whoever looks at the demo speaks next.
PAUSE = timedelta(minutes=2)
BREATH = timedelta(seconds=7)

People = dict[str, Member]
Moments = list[tuple[Line, datetime]]


def make_demo(*, now: datetime) -> None:
    """Both companies with all that was said in them until `now` (aware). All of it or, if anything fails, nothing."""
    days = Calendar(now)
    with transaction.atomic(), enclosed():
        for company in COMPANIES:
            members = found(company)
            for scene in scenes_of(company.handle):
                Performance(scene, company, members, days).play()


def found(company: Company) -> People:
    """The company with its tree and its people, by their keys."""
    owner = company.owner
    first = found_organization(
        name=company.name, handle=company.handle, owner_name=owner.name, user=_user(company, owner)
    )
    update_member(member=first, by=None, title=owner.title)
    members = {owner.key: first}
    for person in company.people[1:]:
        user = create_user(user=_user(company, person))
        members[person.key] = add_member(
            organization=first.organization, user=user, name=person.name, title=person.title, role=person.role, by=first
        )
    _place(company, members, by=first)
    return members


def _user(company: Company, person: Person) -> User:
    address = company.address_of(person.key)
    user = new_user(address=address, password=cast.PASSWORD if address in cast.NAMED else None)
    user.phone = person.phone or None
    return user


def _place(company: Company, members: People, *, by: Member) -> None:
    departments: dict[str, Department] = {}
    for team in company.teams:
        departments[team.name] = create_department(
            organization=by.organization, name=team.name, parent=departments.get(team.within), by=by
        )
    heads = {team.name: team.head for team in company.teams}
    for person in company.people:
        member = members[person.key]
        for name in person.teams:
            place_member(member=member, department=departments[name], is_head=heads[name] == person.key, by=by)
        if manager := company.manager_of(person):
            set_manager(member=member, manager=members[manager], by=by)
        if person.zone:
            update_preferences(user=member.user, time_zone=person.zone)


class Performance:
    """One scene, played line by line."""

    def __init__(self, scene: Scene, company: Company, members: People, days: Calendar) -> None:
        self.scene = scene
        self.company = company
        self.members = members
        self.days = days
        self.last_of: dict[str, Message] = {}

    def play(self) -> None:
        """Begin the conversation, let everybody speak up to now, and leave it as they look at it today."""
        moments = list(self._moments())
        self.conversation = self._begin(at=moments[0][1] - timedelta(minutes=1))
        for run in _runs(moments):
            if run[0][0].verb == "says":
                self._say(run)
            else:
                self._act(*run[0])
        self._read_up()

    def _moments(self) -> Iterator[tuple[Line, datetime]]:
        """Each line with its moment: one after the other, and none that is still to come."""
        day_of = self.days.friday if self.scene.facts.get("days") == "fridays" else self.days.day
        before = self.days.now - timedelta(days=10_000)
        for number, line in enumerate(self._lines()):
            at = day_of(line.day) + timedelta(minutes=line.minute, seconds=number * 37 % 60)
            before = at = max(at, before + BREATH)
            if at > self.days.now - PAUSE:
                return
            yield line, at

    def _lines(self) -> Iterator[Line]:
        if name := self.scene.facts.get("before"):
            yield from routine.lines_before(name, first_day=self.scene.lines[0].day)
        yield from self.scene.lines

    def _begin(self, *, at: datetime) -> Conversation:
        by = self.members[self.scene.by]
        people = [self.members[key] for key in self.company.within(self.scene.listed("people"))]
        if self.scene.kind == "direct":
            [other] = [person for person in people if person.pk != by.pk]
            return start_direct(by=by, other=other, at=at)
        return create_group(by=by, members=people, key=uuid4(), name=self.scene.name, history_mode="all", at=at)

    def _say(self, moments: Moments) -> None:
        posts = [
            Post(
                conversation_id=self.conversation.pk,
                sender_id=self.members[line.who].pk,
                key=uuid4(),
                text=line.text,
                at=at,
            )
            for line, at in moments
        ]
        for (line, _moment), answer in zip(moments, post_messages(posts), strict=True):
            if not isinstance(answer, Message):
                raise BadScript(f"{self.scene.name}: {line}") from answer
            self.last_of[line.who] = answer

    def _act(self, line: Line, at: datetime) -> None:
        by = self.members[line.who]
        others = (
            [self.members[key] for key in listed(line.about)] if line.verb in {"adds", "removes", "promotes"} else []
        )
        match line.verb:
            case "edits":
                message_id = self.last_of[line.who].pk
                edit_message(conversation=self.conversation, message_id=message_id, by=by, text=line.text, at=at)
            case "recalls":
                message_id = self.last_of[line.who].pk
                recall_message(conversation=self.conversation, message_id=message_id, by=by, at=at)
            case "renames":
                rename(conversation=self.conversation, by=by, name=line.about, at=at)
            case "adds":
                add_participants(conversation=self.conversation, members=others, by=by, at=at)
            case "leaves":
                remove_participant(conversation=self.conversation, member=by, by=by, at=at)
            case "removes":
                for member in others:
                    remove_participant(conversation=self.conversation, member=member, by=by, at=at)
            case "promotes":
                for member in others:
                    give_role(conversation=self.conversation, member=member, role="admin", by=by, at=at)

    def _read_up(self) -> None:
        """Everybody has read everything, but for the last messages that a scene leaves unread."""
        conversation = self.conversation
        last = Message.objects.filter(conversation=conversation).in_order().values_list("seq", flat=True).last() or 0
        unread = {self.members[key].pk: count for key, count in self.scene.unread.items()}
        pinned, muted = ({self.members[key].pk for key in self.scene.listed(fact)} for fact in ("pinned", "muted"))
        for seat in Participant.objects.active().filter(conversation=conversation).select_related("member"):
            member, seen = seat.member, last - unread.get(seat.member_id, 0)
            mark_unread(conversation=conversation, member=member, seq=seen)
            if seen >= seat.joined_seq:
                note_displayed(conversation=conversation, member=member, ranges=[(seat.joined_seq, seen)])
            if member.pk in pinned | muted:
                is_pinned, is_muted = member.pk in pinned, member.pk in muted
                prefer(conversation=conversation, member=member, is_pinned=is_pinned, is_muted=is_muted)


def _runs(moments: Sequence[tuple[Line, datetime]]) -> Iterator[Moments]:
    """What is said without a break, in portions; everything else one by one."""
    for is_saying, group in groupby(moments, key=lambda moment: moment[0].verb == "says"):
        while portion := list(islice(group, BATCH if is_saying else 1)):
            yield portion
