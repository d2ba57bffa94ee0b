"""What realtime asks at its door: who knocks, who may stay, who sees whom. Each for many at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from accounts.models import AccessToken, Scope, Session
from accounts.preferences import language_of
from accounts.sessions import digest_of
from orgchart import store
from orgchart.models import Member
from orgchart.streams import OrganizationStream
from realtime.gate import Knock, Pass, Refusal
from realtime.registry import registry

NOT_SIGNED_IN = Refusal(4001)
NO_ACCESS = Refusal(4003)


def admit(knocks: Sequence[Knock]) -> list[Pass | Refusal]:
    """Each knock in turn. A token needs `chat:read` and opens its own organization only. At most three queries."""
    sessions = _sessions({digest_of(knock.session_key) for knock in knocks if knock.session_key})
    tokens = _tokens({digest_of(knock.token) for knock in knocks if knock.token})
    users = {user for _id, user, _language in sessions.values()} | {token.user_id for token in tokens.values()}
    members = {
        (user_id, handle): (member_id, organization_id)
        for user_id, handle, member_id, organization_id in Member.objects.active()
        .filter(user_id__in=users, organization__handle__in={knock.handle for knock in knocks})
        .values_list("user_id", "organization__handle", "pk", "organization_id")
    }
    answers: list[Pass | Refusal] = []
    for knock in knocks:
        if knock.token:
            token = tokens.get(digest_of(knock.token))
            if token is None:
                answers.append(NOT_SIGNED_IN)
                continue
            found = members.get((token.user_id, knock.handle))
            if found is None or found[1] != token.organization_id or Scope.CHAT_READ not in token.scopes:
                answers.append(NO_ACCESS)
                continue
            can_write = Scope.CHAT_WRITE in token.scopes
            barred = registry.barred(token.scopes.__contains__)
            # As with REST: what a program's owner chose for their own pages says nothing about the program.
            language = language_of("", knock.language, knock.accept_language)
            answers.append(Pass(found[1], found[0], token.user_id, f"token:{token.pk}", can_write, barred, language))
        elif knock.session_key and (session := sessions.get(digest_of(knock.session_key))):
            session_id, user_id, chosen = session
            found = members.get((user_id, knock.handle))
            if found is None:
                answers.append(NO_ACCESS)
                continue
            language = language_of(chosen, knock.language, knock.accept_language)
            answers.append(Pass(found[1], found[0], user_id, f"session:{session_id}", language=language))
        else:
            answers.append(NOT_SIGNED_IN)
    return answers


def still_good(passes: Collection[Pass]) -> set[Pass]:
    """Those of the passes whose session or token, user and membership are all good now. One query."""
    if not passes:
        return set()
    shown = {identity: _parts(identity.credential) for identity in passes}
    good = store.good_credentials(
        {id for kind, id in shown.values() if kind == "session"},
        {id for kind, id in shown.values() if kind == "token"},
    )
    return {identity for identity, (kind, id) in shown.items() if (id, identity.member_id) in good[kind]}


def visible_members(identity: Pass, member_ids: Collection[int]) -> set[int]:
    """Those of the members whom this pass lets one see: nobody without the directory."""
    viewer = Member.objects.active().filter(pk=identity.member_id).first()
    if viewer is None or OrganizationStream.name in identity.barred:
        return set()
    return set(Member.objects.visible_to(viewer).filter(pk__in=member_ids).values_list("pk", flat=True))


def _sessions(digests: Collection[str]) -> dict[str, tuple[int, int, str]]:
    if not digests:
        return {}
    rows = Session.objects.good().filter(digest__in=digests)
    return {
        digest: (id, user_id, language)
        for digest, id, user_id, language in rows.values_list("digest", "pk", "user_id", "user__language")
    }


def _tokens(digests: Collection[str]) -> dict[str, AccessToken]:
    return {token.digest: token for token in AccessToken.objects.good().filter(digest__in=digests)} if digests else {}


@lru_cache(maxsize=10_000)
def _parts(credential: str) -> tuple[str, int]:
    kind, _colon, id = credential.partition(":")
    return kind, int(id)
