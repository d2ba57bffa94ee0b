"""REST of the directory, and the ground on which every API of an organization stands."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.authentication import Credential
from orgchart.models import Member
from realtime.gate import Pass
from wire.problems import forbidden, missing


class OrganizationView(APIView):
    """Whatever lies under `/api/v1/orgs/<org>/`: asked by an active member, else it is as if the organization did not exist.

    `self.member` is who asks, `self.shown` the pass that actions prove again under their lock.
    """

    read_scope: ClassVar[str]
    write_scope: ClassVar[str]
    member: Member
    shown: Pass

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        credential: Credential = request.auth
        members = Member.objects.active().select_related("organization", "user")
        member = members.filter(organization__handle=kwargs["org"], user=request.user).first()
        if member is None or credential.organization_id not in (None, member.organization_id):
            raise missing()
        scope = self.read_scope if request.method in SAFE_METHODS else self.write_scope
        if not credential.allows(scope):
            raise forbidden(f"This access token lacks the scope {scope}.", code="scope_missing")
        self.member = member
        self.shown = Pass(member.organization_id, member.pk, member.user_id, str(credential), credential.allows("chat:write"))
