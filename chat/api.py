"""REST of conversations and messages: fetch through `visible_to`, call one action, answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chat import schemas, serializers, store
from chat.actions import conversations, mending, participants, posting, preferences, reading
from chat.history import page
from chat.models import Conversation, Participant
from orgchart.api import OrganizationView
from orgchart.models import Member
from realtime.cursors import Cursor
from realtime.streams import Stream
from realtime.sync import sync
from wire import cursors
from wire.problems import Problem, invalid, missing
from wire.rest import asked, sent


class ChatView(OrganizationView):
    read_scope = "chat:read"
    write_scope = "chat:write"


class ConversationView(ChatView):
    """Whatever lies under one conversation."""

    @cached_property
    def conversation(self) -> Conversation:
        return get_object_or_404(Conversation.objects.visible_to(self.member), pk=self.kwargs["conversation_id"])

    def item(self) -> dict[str, Any]:
        row = store.conversation_row(member_id=self.member.pk, conversation_id=self.conversation.pk)
        if row is None:
            raise missing()
        return serializers.list_items([row])[0]

    def people(self, ids: list[int]) -> list[Member]:
        return _people(self.member, ids)


def _people(member: Member, ids: list[int]) -> list[Member]:
    """These members, in this order. Raises Problem 400 naming each that the asker doesn't see."""
    found = Member.objects.visible_to(member).in_bulk(ids)
    for number, id in enumerate(ids):
        if id not in found:
            raise invalid(f"members.{number}", _("There is no such member."))
    return [found[id] for id in ids]


class Conversations(ChatView):
    @extend_schema(operation_id="list_conversations", parameters=[schemas.ListQuery], responses=schemas.ListPage)
    def get(self, request: Request, org: str) -> Response:
        """My conversations: pinned ones first, then by last activity.

        A direct conversation in which nothing was said yet is left out, unless I began or pinned it.
        """
        query = asked(schemas.ListQuery, request)
        limit = query["limit"]
        rows = store.conversation_rows(member_id=self.member.pk, after=_place(query.get("cursor")), limit=limit + 1)
        rows, more = rows[:limit], len(rows) > limit
        last = rows[-1] if more else None
        next_ = last and cursors.of(last["is_pinned"], last["active_at"].isoformat(), last["conversation_id"])
        return Response({"results": serializers.list_items(rows), "next": next_})

    @extend_schema(
        operation_id="create_conversation", request=schemas.NewConversation, responses={201: schemas.ListItem}
    )
    def post(self, request: Request, org: str) -> Response:
        """Begin a direct conversation or a group.

        The same key, or the same pair of people, is answered with the same conversation.
        """
        body = sent(schemas.NewConversation, request)
        people = _people(self.member, body["members"])
        if body["kind"] == Conversation.Kind.DIRECT:
            if len(people) != 1:
                raise invalid("members", _("A direct conversation has exactly one other person."))
            if body.get("name"):
                raise invalid("name", _("A direct conversation has no name."))
            conversation = conversations.start_direct(by=self.member, other=people[0], shown=self.shown)
        else:
            conversation = conversations.create_group(
                by=self.member,
                members=people,
                key=body["key"],
                name=body["name"],
                history_mode=body["history_mode"],
                shown=self.shown,
            )
        row = store.conversation_row(member_id=self.member.pk, conversation_id=conversation.pk)
        if row is None:
            raise missing()
        return Response(serializers.list_items([row])[0], status=201)


def _place(cursor: str | None) -> tuple[bool, datetime, int] | None:
    if not cursor:
        return None
    is_pinned, active_at, id = cursors.read(cursor, bool, str, int)
    try:
        moment = datetime.fromisoformat(active_at)
        if moment.tzinfo is None:
            raise cursors.unreadable()
        return is_pinned, moment.astimezone(UTC), id
    except (ValueError, OverflowError):
        raise cursors.unreadable() from None


class OneConversation(ConversationView):
    @extend_schema(operation_id="get_conversation", responses=schemas.ListItem)
    def get(self, request: Request, org: str, conversation_id: int) -> Response:
        """One of my conversations, as the list has it."""
        return Response(self.item())

    @extend_schema(operation_id="change_conversation", request=schemas.ConversationChange, responses=schemas.ListItem)
    def patch(self, request: Request, org: str, conversation_id: int) -> Response:
        """Rename a group, or decide what newcomers see of its history."""
        body = sent(schemas.ConversationChange, request)
        if "name" in body:
            conversations.rename(conversation=self.conversation, by=self.member, name=body["name"], shown=self.shown)
        if "history_mode" in body:
            conversations.switch_history(
                conversation=self.conversation, by=self.member, history_mode=body["history_mode"], shown=self.shown
            )
        return Response(self.item())


class Participants(ConversationView):
    @extend_schema(operation_id="list_participants", parameters=[schemas.ListQuery], responses=schemas.ParticipantPage)
    def get(self, request: Request, org: str, conversation_id: int) -> Response:
        """Who takes part: owner, administrators, then everybody by name."""
        query = asked(schemas.ListQuery, request)
        found = Participant.objects.active().filter(conversation=self.conversation).select_related("member").in_order()
        if query.get("cursor"):
            found = found.behind(*cursors.read(query["cursor"], int, str, int))
        limit = query["limit"]
        rows = list(found[: limit + 1])
        rows, more = rows[:limit], len(rows) > limit
        next_ = cursors.of(*rows[-1].place) if more else None
        return Response({"results": [serializers.participant(row) for row in rows], "next": next_})

    @extend_schema(operation_id="add_participants", request=schemas.NewParticipants, responses=schemas.ParticipantList)
    def post(self, request: Request, org: str, conversation_id: int) -> Response:
        """Bring people into a group. Answers those who are new in it."""
        body = sent(schemas.NewParticipants, request)
        added = participants.add_participants(
            conversation=self.conversation, members=self.people(body["members"]), by=self.member, shown=self.shown
        )
        return Response({"results": [serializers.participant(row) for row in added]})


class OneParticipant(ConversationView):
    def other(self, member_id: int) -> Member:
        people = self.conversation.participants.select_related("member")
        return get_object_or_404(people.active(), member_id=member_id).member

    @extend_schema(operation_id="give_role", request=schemas.Role, responses=schemas.Participant)
    def patch(self, request: Request, org: str, conversation_id: int, member_id: int) -> Response:
        """Make somebody an administrator or an ordinary member, or hand the group over."""
        body = sent(schemas.Role, request)
        other = self.other(member_id)
        row = participants.give_role(
            conversation=self.conversation, member=other, role=body["role"], by=self.member, shown=self.shown
        )
        row.member = other
        return Response(serializers.participant(row))

    @extend_schema(operation_id="remove_participant", responses={204: None})
    def delete(self, request: Request, org: str, conversation_id: int, member_id: int) -> Response:
        """Take somebody out of a group; with one's own id: leave it."""
        participants.remove_participant(
            conversation=self.conversation, member=self.other(member_id), by=self.member, shown=self.shown
        )
        return Response(status=204)


class Messages(ConversationView):
    @extend_schema(operation_id="list_messages", parameters=[schemas.HistoryQuery], responses=schemas.HistoryPage)
    def get(self, request: Request, org: str, conversation_id: int) -> Response:
        """A page of history, ascending: the newest, or before, after or around a message's number."""
        query = asked(schemas.HistoryQuery, request)
        return Response(page(self.conversation, member=self.member, **query))

    @extend_schema(operation_id="post_message", request=schemas.NewMessage, responses={201: schemas.Message})
    def post(self, request: Request, org: str, conversation_id: int) -> Response:
        """Say something. The same key again is the same message; with other content it is a conflict."""
        body = sent(schemas.NewMessage, request)
        [answer] = posting.post_messages(
            [posting.Post(conversation_id, self.member.pk, body["key"], body["text"], self.shown)]
        )
        if isinstance(answer, Problem):
            raise answer
        return Response(serializers.message(answer, sender_name=self.member.name), status=201)


class OneMessage(ConversationView):
    @extend_schema(operation_id="edit_message", request=schemas.MessageChange, responses=schemas.Message)
    def patch(self, request: Request, org: str, conversation_id: int, message_id: int) -> Response:
        """Put other words into one's own message, within a day."""
        body = sent(schemas.MessageChange, request)
        row = mending.edit_message(
            conversation=self.conversation, message_id=message_id, by=self.member, text=body["text"], shown=self.shown
        )
        return Response(serializers.messages([row])[0])


class Recall(ConversationView):
    @extend_schema(operation_id="recall_message", request=None, responses=schemas.Message)
    def put(self, request: Request, org: str, conversation_id: int, message_id: int) -> Response:
        """Take a message back: its words are gone for everybody."""
        row = mending.recall_message(
            conversation=self.conversation, message_id=message_id, by=self.member, shown=self.shown
        )
        return Response(serializers.messages([row])[0])


class ReadMarker(ConversationView):
    @extend_schema(operation_id="move_read_marker", request=schemas.Displayed, responses=schemas.Membership)
    def put(self, request: Request, org: str, conversation_id: int) -> Response:
        """Evidence: these message numbers were really displayed. It only grows."""
        body = sent(schemas.Displayed, request)
        ranges = [(start, end) for start, end in body["displayed"]]
        row = reading.note_displayed(
            conversation=self.conversation, member=self.member, ranges=ranges, shown=self.shown
        )
        return Response(serializers.membership(row.pk))


class SeenMarker(ConversationView):
    @extend_schema(operation_id="move_seen_marker", request=schemas.Place, responses=schemas.Membership)
    def put(self, request: Request, org: str, conversation_id: int) -> Response:
        """The badge: everything up to this number was seen. It only grows."""
        body = sent(schemas.Place, request)
        row = reading.move_seen(conversation=self.conversation, member=self.member, seq=body["seq"], shown=self.shown)
        return Response(serializers.membership(row.pk))


class UnreadMarker(ConversationView):
    @extend_schema(operation_id="move_unread_marker", request=schemas.Place, responses=schemas.Membership)
    def put(self, request: Request, org: str, conversation_id: int) -> Response:
        """The badge, put back: what stands after this number is unread."""
        body = sent(schemas.Place, request)
        row = reading.mark_unread(conversation=self.conversation, member=self.member, seq=body["seq"], shown=self.shown)
        return Response(serializers.membership(row.pk))


class OwnMembership(ConversationView):
    @extend_schema(operation_id="change_membership", request=schemas.Preference, responses=schemas.Membership)
    def patch(self, request: Request, org: str, conversation_id: int) -> Response:
        """Mute or pin a conversation in one's own list."""
        body = sent(schemas.Preference, request)
        row = preferences.prefer(conversation=self.conversation, member=self.member, shown=self.shown, **body)
        return Response(serializers.membership(row.pk))


class Sync(ChatView):
    @extend_schema(
        operation_id="sync_stream",
        parameters=[
            OpenApiParameter(
                "stream",
                OpenApiTypes.STR,
                OpenApiParameter.PATH,
                pattern=r"^(organization|conversation|member):\d{1,18}$",
            ),
            schemas.SyncQuery,
        ],
        responses=schemas.SyncPage,
    )
    def get(self, request: Request, org: str, stream: str) -> HttpResponse:
        """What happened in a stream since a cursor.

        Without one, or where it can't be continued, the newest window (`reset`).
        """
        query = asked(schemas.SyncQuery, request)
        try:
            wanted = Stream.parse(stream)
        except ValueError:
            raise missing() from None
        cursor = Cursor.parse(query["cursor"]) if query.get("cursor") else None
        if wanted.kind in self.shown.barred:
            raise missing()
        page = sync(wanted, member_id=self.member.pk, cursor=cursor)
        return HttpResponse(page, content_type="application/json")
