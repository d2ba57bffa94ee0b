"""REST of one's own login: its tokens and its browsers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions.sessions import sign_out_session
from accounts.actions.tokens import DAYS_AT_MOST, create_token, revoke_token
from accounts.authentication import scope_missing
from accounts.models import AccessToken, Scope, Session
from accounts.registry import registry
from wire.problems import invalid, missing
from wire.rest import Body, Choice, Number, Text, sent

JSON = dict[str, Any]


class AccountView(APIView):
    """Whatever concerns who asks alone. Tokens need `account:read` or `account:write`."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        scope = Scope.ACCOUNT_READ if request.method in SAFE_METHODS else Scope.ACCOUNT_WRITE
        if not request.auth.allows(scope):
            raise scope_missing(scope)


class TokenSerializer(serializers.Serializer[JSON]):
    type = serializers.ChoiceField(["token"])
    id = serializers.IntegerField()
    organization = serializers.SlugField()
    name = serializers.CharField()
    hint = serializers.CharField(help_text="The last characters, to tell tokens apart.")
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.values))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True)


class NewTokenSerializer(TokenSerializer):
    secret = serializers.CharField(help_text="Shown this once; only its SHA-256 is kept.")


class TokensPageSerializer(serializers.Serializer[JSON]):
    results = TokenSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Always null.")


class TokenBody(Body):
    organization = Text(max_length=40, help_text="The handle of the organization that the token opens.")
    name = Text(max_length=80)
    scopes = serializers.ListField(child=Choice(Scope.values), min_length=1, max_length=len(Scope.values))
    days = Number(required=False, default=90, min_value=1, max_value=DAYS_AT_MOST)


def token_shape(token: AccessToken, handle: str) -> JSON:
    fields = ("id", "name", "hint", "scopes", "created_at", "expires_at", "used_at")
    return {"type": "token", "organization": handle, **{name: getattr(token, name) for name in fields}}


class TokensApi(AccountView):
    @extend_schema(operation_id="list_tokens", responses=TokensPageSerializer)
    def get(self, request: Request) -> Response:
        """Your access tokens that still open something. A token sees those of its own organization."""
        handles = {
            id: handle for handle, id in registry.organizations_of(request.user.pk).items() if request.auth.opens(id)
        }
        tokens = AccessToken.objects.good().filter(user=request.user, organization_id__in=handles).order_by("-pk")
        return Response(
            {"results": [token_shape(token, handles[token.organization_id]) for token in tokens], "next": None}
        )

    @extend_schema(operation_id="create_token", request=TokenBody, responses={201: NewTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make an access token. A token can't make one that may do more than itself, nor for another organization."""
        body = sent(TokenBody, request)
        handle = body.pop("organization")
        organization_id = registry.organizations_of(request.user.pk).get(handle)
        if organization_id is None or not request.auth.opens(organization_id):
            raise invalid("organization", _("You don't belong to such an organization."))
        if beyond := set(body["scopes"]) - request.auth.scopes:
            raise scope_missing(min(beyond))
        token, secret = create_token(user=request.user, organization_id=organization_id, **body)
        return Response({**token_shape(token, handle), "secret": secret}, status=201)


class TokenApi(AccountView):
    @extend_schema(operation_id="revoke_token", responses={204: None})
    def delete(self, request: Request, token: int) -> Response:
        """Revoke a token of yours. What it has open closes."""
        found = AccessToken.objects.filter(user=request.user, pk=token).select_related("user").first()
        if found is None or not request.auth.opens(found.organization_id):
            raise missing()
        revoke_token(token=found, by=request.user)
        return Response(status=204)


class SessionSerializer(serializers.Serializer[JSON]):
    type = serializers.ChoiceField(["session"])
    id = serializers.IntegerField()
    agent = serializers.CharField(allow_blank=True, help_text="As the browser named itself.")
    is_current = serializers.BooleanField(help_text="The one that asks.")
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()


class SessionsPageSerializer(serializers.Serializer[JSON]):
    results = SessionSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Always null.")


class SessionsApi(AccountView):
    @extend_schema(operation_id="list_sessions", responses=SessionsPageSerializer)
    def get(self, request: Request) -> Response:
        """The browsers in which you are signed in, the one used last first."""
        return Response({"results": [self.show(session) for session in Session.objects.of(request.user)], "next": None})

    def show(self, session: Session) -> JSON:
        is_current = str(self.request.auth) == f"session:{session.pk}"
        fields = {name: getattr(session, name) for name in ("id", "agent", "created_at", "seen_at")}
        return {"type": "session", **fields, "is_current": is_current}


class SessionApi(AccountView):
    @extend_schema(operation_id="end_session", responses={204: None})
    def delete(self, request: Request, session: int) -> Response:
        """Sign a browser of yours out. Its sockets close."""
        found = Session.objects.of(request.user).filter(pk=session).select_related("user").first()
        if found is None:
            raise missing()
        sign_out_session(session=found)
        return Response(status=204)
