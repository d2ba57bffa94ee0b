"""REST of one's own login: its tokens and its browsers."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions.sessions import sign_out_everywhere_else, sign_out_session
from accounts.actions.tokens import DAYS_AT_MOST, create_token, revoke_token
from accounts.authentication import Credential, scope_missing
from accounts.models import AccessToken, Scope, Session, User
from accounts.registry import registry
from wire.problems import forbidden, invalid, missing
from wire.rest import Body, Choice, List, Name, Number, Text, sent

JSON = dict[str, Any]


class PersonView(APIView):
    """Asked by somebody known: `self.user`, by what they showed: `self.credential`. Reading and writing need a scope each."""

    read_scope: ClassVar[str]
    write_scope: ClassVar[str]
    user: User
    credential: Credential

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.user = cast(User, request.user)
        self.credential = cast(Credential, request.auth)
        self.find(**kwargs)
        scope = self.read_scope if request.method in SAFE_METHODS else self.write_scope
        if not self.credential.allows(scope):
            raise scope_missing(scope)

    def find(self, **address: Any) -> None:
        """What the address speaks of; Problem 404 where there is nothing for this person. Comes before the scopes: missing is missing."""


class AccountView(PersonView):
    """Whatever concerns who asks alone."""

    read_scope = Scope.ACCOUNT_READ
    write_scope = Scope.ACCOUNT_WRITE


class KeysView(AccountView):
    """What opens doors. Tokens may look; only who is signed in changes it, else a stolen token could make one that outlives it."""

    def find(self, **address: Any) -> None:
        if self.request.method not in SAFE_METHODS and self.credential.kind != "session":
            raise forbidden(
                _("An access token can't do this. Sign in, and do it in the settings."), code="session_required"
            )


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
    name = Name(max_length=80)
    scopes = List(child=Choice(Scope.values), min_length=1, max_length=len(Scope.values))
    days = Number(required=False, default=90, min_value=1, max_value=DAYS_AT_MOST)


def token_shape(token: AccessToken, handle: str) -> JSON:
    fields = ("id", "name", "hint", "scopes", "created_at", "expires_at", "used_at")
    return {"type": "token", "organization": handle, **{name: getattr(token, name) for name in fields}}


class TokensApi(KeysView):
    @extend_schema(operation_id="list_tokens", responses=TokensPageSerializer)
    def get(self, request: Request) -> Response:
        """Your access tokens that still open something. A token sees those of its own organization."""
        handles = {
            id: handle for handle, id in registry.organizations_of(self.user.pk).items() if self.credential.opens(id)
        }
        tokens = AccessToken.objects.good().filter(user=self.user, organization_id__in=handles).order_by("-pk")
        return Response(
            {"results": [token_shape(token, handles[token.organization_id]) for token in tokens], "next": None}
        )

    @extend_schema(operation_id="create_token", request=TokenBody, responses={201: NewTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make an access token. Only a session can: a token is answered 403 with the code `session_required`."""
        body = sent(TokenBody, request)
        handle = body.pop("organization")
        organization_id = registry.organizations_of(self.user.pk).get(handle)
        if organization_id is None:
            raise invalid("organization", _("You don't belong to such an organization."))
        token, secret = create_token(user=self.user, organization_id=organization_id, **body)
        return Response({**token_shape(token, handle), "secret": secret}, status=201)


class TokenApi(KeysView):
    @extend_schema(operation_id="revoke_token", responses={204: None})
    def delete(self, request: Request, token: int) -> Response:
        """Revoke a token of yours. What it has open closes. Only a session can (else 403, `session_required`)."""
        found = AccessToken.objects.filter(user=self.user, pk=token).select_related("user").first()
        if found is None:
            raise missing()
        revoke_token(token=found, by=self.user)
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


class SessionsApi(KeysView):
    @extend_schema(operation_id="list_sessions", responses=SessionsPageSerializer)
    def get(self, request: Request) -> Response:
        """The browsers in which you are signed in, the one used last first."""
        return Response({"results": [self.show(session) for session in Session.objects.of(self.user)], "next": None})

    @extend_schema(operation_id="end_other_sessions", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out every browser of yours but the one that asks. Their sockets close. Only a session can (else 403, `session_required`)."""
        sign_out_everywhere_else(user=self.user, but=self.credential.id)
        return Response(status=204)

    def show(self, session: Session) -> JSON:
        is_current = str(self.credential) == f"session:{session.pk}"
        fields = {name: getattr(session, name) for name in ("id", "agent", "created_at", "seen_at")}
        return {"type": "session", **fields, "is_current": is_current}


class SessionApi(KeysView):
    @extend_schema(operation_id="end_session", responses={204: None})
    def delete(self, request: Request, session: int) -> Response:
        """Sign a browser of yours out. Its sockets close. Only a session can (else 403, `session_required`)."""
        found = Session.objects.of(self.user).filter(pk=session).first()
        if found is None:
            raise missing()
        sign_out_session(user=self.user, session=found)
        return Response(status=204)
