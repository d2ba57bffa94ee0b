"""REST of the directory, and the ground on which every API of an organization stands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.users import update_preferences
from accounts.api import AccountView, PersonView
from accounts.models import Scope
from orgchart import cursors, policies, serializers
from orgchart.actions.invitations import create_invitation, revoke_invitation
from orgchart.models import Department, Invitation, Member
from realtime.gate import Pass
from realtime.registry import registry
from wire.problems import forbidden, invalid, missing
from wire.rest import asked, sent

INVITATIONS_AT_MOST = 200


class OrganizationView(PersonView):
    """Whatever lies under `/api/v1/orgs/<org>/`: asked by an active member, else it is as if the organization did not exist.

    `self.member` is who asks, `self.shown` the pass that actions prove again under their lock.
    """

    member: Member
    shown: Pass

    def find(self, **address: Any) -> None:
        members = Member.objects.active().select_related("organization", "user")
        member = members.filter(organization__handle=address["org"], user=self.user).first()
        if member is None or not self.credential.opens(member.organization_id):
            raise missing()
        self.member = member
        self.shown = Pass(
            organization_id=member.organization_id,
            member_id=member.pk,
            user_id=member.user_id,
            credential=str(self.credential),
            can_write=self.credential.allows(Scope.CHAT_WRITE),
            barred=registry.barred(self.credential.allows),
        )


class Directory(OrganizationView):
    read_scope = Scope.DIRECTORY_READ
    write_scope = Scope.DIRECTORY_WRITE


class OrganizationApi(Directory):
    @extend_schema(operation_id="get_organization", responses=serializers.OrganizationSerializer)
    def get(self, request: Request, org: str) -> Response:
        """The company."""
        return Response(serializers.organization(self.member.organization))


class DepartmentsApi(Directory):
    @extend_schema(operation_id="list_departments", responses=serializers.DepartmentsPageSerializer)
    def get(self, request: Request, org: str) -> Response:
        """The whole tree, parents before children, siblings in their order."""
        id = self.member.organization_id
        return Response({"results": serializers.departments([id])[id], "next": None})


class MembersApi(Directory):
    @extend_schema(
        operation_id="list_members", parameters=[serializers.MembersQuery], responses=serializers.MembersPageSerializer
    )
    def get(self, request: Request, org: str) -> Response:
        """People by name, Chinese names by pinyin; of one department and those under it, or whose name matches."""
        query = asked(serializers.MembersQuery, request)
        found = Member.objects.visible_to(self.member).named_like(query["q"])
        if "department" in query:
            department = Department.objects.visible_to(self.member).filter(pk=query["department"]).first()
            if department is None:
                raise missing()
            found = found.within(department)
        page = list(found.filter(cursors.after(query["cursor"])).in_order().only("sort_key")[: query["limit"] + 1])
        more, page = len(page) > query["limit"], page[: query["limit"]]
        return Response(
            {
                "results": serializers.members([member.pk for member in page]),
                "next": cursors.of(page[-1]) if more else None,
            }
        )


class MemberApi(Directory):
    @extend_schema(operation_id="get_member", responses=serializers.MemberSerializer)
    def get(self, request: Request, org: str, member: int) -> Response:
        """One person."""
        if not Member.objects.visible_to(self.member).filter(pk=member).exists():
            raise missing()
        return Response(serializers.members([member])[0])


class InvitationsApi(Directory):
    @extend_schema(operation_id="list_invitations", responses=serializers.InvitationsPageSerializer)
    def get(self, request: Request, org: str) -> Response:
        """Invitations that still let somebody in, the newest first; for owners and administrators."""
        self.check_may_invite()
        found = (
            Invitation.objects.visible_to(self.member)
            .open()
            .select_related("created_by")
            .order_by("-pk")[:INVITATIONS_AT_MOST]
        )
        return Response({"results": [self.show(invitation) for invitation in found], "next": None})

    @extend_schema(
        operation_id="create_invitation",
        request=serializers.InvitationBody,
        responses={201: serializers.InvitationSerializer},
    )
    def post(self, request: Request, org: str) -> Response:
        """Make a link by which people come in; for owners and administrators."""
        self.check_may_invite()
        body = sent(serializers.InvitationBody, request)
        department_id = body.pop("department", None)
        department = None
        if department_id is not None:
            department = Department.objects.visible_to(self.member).filter(pk=department_id).first()
            if department is None:
                raise invalid("department", _("There is no such department."))
        invitation = create_invitation(by=self.member, department=department, **body)
        return Response(self.show(invitation), status=201)

    def check_may_invite(self) -> None:
        if not policies.may_invite(self.member):
            raise forbidden(_("Only owners and administrators invite."))

    def show(self, invitation: Invitation) -> dict[str, Any]:
        return serializers.invitation(invitation, self.request.build_absolute_uri(invitation.path))


class InvitationApi(Directory):
    @extend_schema(operation_id="revoke_invitation", responses={204: None})
    def delete(self, request: Request, org: str, invitation: int) -> Response:
        """The link lets nobody in any more; for owners and administrators. To others it doesn't exist."""
        found = Invitation.objects.visible_to(self.member).filter(pk=invitation).first()
        if found is None:
            raise missing()
        revoke_invitation(invitation=found, by=self.member)
        return Response(status=204)


class MeApi(AccountView):
    @extend_schema(operation_id="get_me", responses=serializers.MeSerializer)
    def get(self, request: Request) -> Response:
        """Who you are, and where you belong. A token sees the organization that it is for."""
        memberships = Member.objects.active().filter(user=self.user).order_by("organization__handle")
        if self.credential.organization_id is not None:
            memberships = memberships.filter(organization_id=self.credential.organization_id)
        rows = list(memberships.values_list("pk", "organization__handle", "organization__name"))
        shapes = {member["id"]: member for member in serializers.members([pk for pk, _handle, _name in rows])}
        organizations = [{"handle": handle, "name": name, "member": shapes[pk]} for pk, handle, name in rows]
        return Response({"user": serializers.user(self.user), "organizations": organizations})

    @extend_schema(operation_id="change_me", request=serializers.PreferencesBody, responses=serializers.MeSerializer)
    def patch(self, request: Request) -> Response:
        """Language, time zone, theme and density, for you alone."""
        update_preferences(user=self.user, **sent(serializers.PreferencesBody, request))
        return self.get(request)
