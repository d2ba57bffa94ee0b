"""Who gets what answer: one row for each address, method and case, written by hand.

An address without a row for each of its methods fails the suite (test_table.py). A case after `@` is another body or another
object for the same address; what is asked in each is in world.py. For sockets (`SOCKET`) the answer is the close code, or 101
where it opens.

anonymous   nobody is signed in
foreign     ana, who owns another company
stranger    of the company, but in none of these conversations
person      wei, in the group and in the direct conversation; the objects that are asked for are hers
admin       looks after the group
owner       owns the group
left        was in the group once
manager     administrator of the company, in none of these conversations
boss        owns the company, in none of these conversations
gone        was in the group, was deactivated, still has a browser that is signed in
reader      wei's access token with the scopes that read
elsewhere   wei's access token with all scopes, for another company to which she belongs as well
operator    looks after the server, belongs to no company
"""

from __future__ import annotations

from typing import NamedTuple

TABLE = """
address               method  anonymous foreign stranger person admin owner left manager boss gone reader elsewhere operator

home                  GET     302       302     302      302    302   302   302  302     302  403  302    302       403
healthz               GET     200       200     200      200    200   200   200  200     200  200  200    200       200
readyz                GET     200       200     200      200    200   200   200  200     200  200  200    200       200
metrics               GET     404       404     404      404    404   404   404  404     404  404  404    404       200
api-docs              GET     200       200     200      200    200   200   200  200     200  200  200    200       200
dead-letters          GET     404       404     404      404    404   404   404  404     404  404  404    404       200
dead-letters          POST    404       404     404      404    404   404   404  404     404  404  404    404       302

sign-in               GET     200       302     302      302    302   302   302  302     302  302  200    200       302
sign-in               POST    400       302     302      302    302   302   302  302     302  302  400    400       302
sign-in-demo          POST    404       404     404      404    404   404   404  404     404  404  404    404       404
sign-out              POST    302       302     302      302    302   302   302  302     302  302  302    302       302
password-reset        GET     200       200     200      200    200   200   200  200     200  200  200    200       200
password-reset        POST    200       200     200      200    200   200   200  200     200  200  200    200       200
password-reset-link   GET     410       410     410      410    410   410   410  410     410  410  410    410       410
password-reset-link   POST    410       410     410      410    410   410   410  410     410  410  410    410       410
password-change       GET     302       200     200      200    200   200   200  200     200  200  302    302       200
password-change       POST    302       400     400      400    400   400   400  400     400  400  302    302       400
language              POST    302       302     302      302    302   302   302  302     302  302  302    302       302
start                 GET     404       404     404      404    404   404   404  404     404  404  404    404       404
start                 POST    404       404     404      404    404   404   404  404     404  404  404    404       404
join                  GET     200       200     302      302    302   302   302  302     302  200  200    200       200
join                  POST    400       302     302      302    302   302   302  302     302  409  400    400       302
join@forged           GET     410       410     410      410    410   410   410  410     410  410  410    410       410
join@forged           POST    410       410     410      410    410   410   410  410     410  410  410    410       410

chat                  GET     302       404     200      200    200   200   200  200     200  404  302    302       404
conversation          GET     302       404     404      200    200   200   404  404     404  404  302    302       404
conversation@direct   GET     302       404     404      200    404   404   404  404     404  404  302    302       404
people                GET     302       404     200      200    200   200   200  200     200  404  302    302       404
people@department     GET     302       404     200      200    200   200   200  200     200  404  302    302       404
profile               GET     302       404     200      200    200   200   200  200     200  404  302    302       404
settings              GET     302       404     200      200    200   200   200  200     200  404  302    302       404
settings-section      GET     302       404     200      200    200   200   200  200     200  404  302    302       404
invitations           GET     302       404     404      404    404   404   404  200     200  404  302    302       404
invitations           POST    302       404     404      404    404   404   404  302     302  404  302    302       404
invitation-end        POST    302       404     404      404    404   404   404  302     302  404  302    302       404

api-schema            GET     200       200     200      200    200   200   200  200     200  200  200    200       200
api-unknown           GET     404       404     404      404    404   404   404  404     404  404  404    404       404

api-me                GET     401       200     200      200    200   200   200  200     200  200  200    200       200
api-me                PATCH   401       200     200      200    200   200   200  200     200  200  403    200       200
api-tokens            GET     401       200     200      200    200   200   200  200     200  200  200    200       200
api-tokens            POST    401       400     201      201    201   201   201  201     201  400  403    403       400
api-token             DELETE  401       404     404      204    404   404   404  404     404  404  403    403       404
api-sessions          GET     401       200     200      200    200   200   200  200     200  200  200    200       200
api-sessions          DELETE  401       204     204      204    204   204   204  204     204  204  403    403       204
api-session           DELETE  401       404     404      204    404   404   404  404     404  404  403    403       404

api-organization      GET     401       404     200      200    200   200   200  200     200  404  200    404       404
api-departments       GET     401       404     200      200    200   200   200  200     200  404  200    404       404
api-members           GET     401       404     200      200    200   200   200  200     200  404  200    404       404
api-members@department GET    401       404     200      200    200   200   200  200     200  404  200    404       404
api-member            GET     401       404     200      200    200   200   200  200     200  404  200    404       404
api-member@gone       GET     401       404     404      404    404   404   404  404     404  404  404    404       404
api-invitations       GET     401       404     403      403    403   403   403  200     200  404  403    404       404
api-invitations       POST    401       404     403      403    403   403   403  201     201  404  403    404       404
api-invitation        DELETE  401       404     404      404    404   404   404  204     204  404  403    404       404

api-conversations     GET     401       404     200      200    200   200   200  200     200  404  200    404       404
api-conversations     POST    401       404     201      201    201   201   201  201     201  404  403    404       404
api-conversations@direct POST 401       404     201      201    201   201   201  201     201  404  403    404       404
api-conversations@foreigner POST 401    404     400      400    400   400   400  400     400  404  403    404       404

api-conversation      GET     401       404     404      200    200   200   404  404     404  404  200    404       404
api-conversation      PATCH   401       404     404      403    200   200   404  404     404  404  403    404       404
api-conversation@history PATCH 401      404     404      403    403   200   404  404     404  404  403    404       404
api-participants      GET     401       404     404      200    200   200   404  404     404  404  200    404       404
api-participants      POST    401       404     404      200    200   200   404  404     404  404  403    404       404
api-participants@foreigner POST 401     404     404      400    400   400   404  404     404  404  403    404       404
api-participant       PATCH   401       404     404      403    403   200   404  404     404  404  403    404       404
api-participant@owner PATCH   401       404     404      403    403   200   404  404     404  404  403    404       404
api-participant@absent PATCH  401       404     404      404    404   404   404  404     404  404  403    404       404
api-participant       DELETE  401       404     404      403    204   204   404  404     404  404  403    404       404
api-participant@oneself DELETE 401      404     404      204    204   204   404  404     404  404  403    404       404
api-participant@of-owner DELETE 401     404     404      403    403   204   404  404     404  404  403    404       404
api-messages          GET     401       404     404      200    200   200   404  404     404  404  200    404       404
api-messages          POST    401       404     404      201    201   201   404  404     404  404  403    404       404
api-message           PATCH   401       404     404      200    403   403   404  404     404  404  403    404       404
api-message@of-left   PATCH   401       404     404      403    403   403   404  404     404  404  403    404       404
api-message-recall    PUT     401       404     404      200    200   200   404  404     404  404  403    404       404
api-message-recall@of-left PUT 401      404     404      403    200   200   404  404     404  404  403    404       404
api-read-marker       PUT     401       404     404      200    200   200   404  404     404  404  403    404       404
api-seen-marker       PUT     401       404     404      200    200   200   404  404     404  404  403    404       404
api-unread-marker     PUT     401       404     404      200    200   200   404  404     404  404  403    404       404
api-membership        PATCH   401       404     404      200    200   200   404  404     404  404  403    404       404
api-sync              GET     401       404     404      200    200   200   404  404     404  404  200    404       404
api-sync@organization GET     401       404     200      200    200   200   200  200     200  404  200    404       404
api-sync@member       GET     401       404     404      200    404   404   404  404     404  404  200    404       404

api-conversation@direct     GET    401  404     404      200    404   404   404  404     404  404  200    404       404
api-conversation@direct     PATCH  401  404     404      403    404   404   404  404     404  404  403    404       404
api-participants@direct     GET    401  404     404      200    404   404   404  404     404  404  200    404       404
api-participants@direct     POST   401  404     404      403    404   404   404  404     404  404  403    404       404
api-participant@direct      PATCH  401  404     404      403    404   404   404  404     404  404  403    404       404
api-participant@direct      DELETE 401  404     404      403    404   404   404  404     404  404  403    404       404
api-participant@direct-oneself DELETE 401 404   404      403    404   404   404  404     404  404  403    404       404
api-messages@direct         GET    401  404     404      200    404   404   404  404     404  404  200    404       404
api-messages@direct         POST   401  404     404      201    404   404   404  404     404  404  403    404       404
api-message@direct          PATCH  401  404     404      200    404   404   404  404     404  404  403    404       404
api-message@direct-other    PATCH  401  404     404      403    404   404   404  404     404  404  403    404       404
api-message-recall@direct   PUT    401  404     404      200    404   404   404  404     404  404  403    404       404
api-message-recall@direct-other PUT 401 404     404      403    404   404   404  404     404  404  403    404       404
api-read-marker@direct      PUT    401  404     404      200    404   404   404  404     404  404  403    404       404
api-seen-marker@direct      PUT    401  404     404      200    404   404   404  404     404  404  403    404       404
api-unread-marker@direct    PUT    401  404     404      200    404   404   404  404     404  404  403    404       404
api-membership@direct       PATCH  401  404     404      200    404   404   404  404     404  404  403    404       404
api-sync@direct             GET    401  404     404      200    404   404   404  404     404  404  200    404       404

socket                SOCKET  4001      4003    101      101    101   101   101  101     101  4003 101    4003      4003
socket@no-origin      SOCKET  403       403     403      403    403   403   403  403     403  403  101    4003      403
socket@other-origin   SOCKET  403       403     403      403    403   403   403  403     403  403  403    403       403
socket-unknown        SOCKET  403       403     403      403    403   403   403  403     403  403  403    403       403
"""


class Row(NamedTuple):
    """What one address answers to one method, in one case, to everybody."""

    address: str
    case: str
    method: str
    expected: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.address}{'@' if self.case else ''}{self.case}"


def _rows() -> tuple[tuple[str, ...], list[Row]]:
    heading, *lines = (line.split() for line in TABLE.splitlines() if line.strip())
    roles = tuple(heading[2:])
    rows = []
    for name, method, *statuses in lines:
        address, _at, case = name.partition("@")
        rows.append(Row(address, case, method, dict(zip(roles, map(int, statuses), strict=True))))
    return roles, rows


ROLES, ROWS = _rows()
