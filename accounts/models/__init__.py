from accounts.models.attempts import Attempts
from accounts.models.session import Session
from accounts.models.token import AccessToken, Scope
from accounts.models.user import User, plain_address

__all__ = ["AccessToken", "Attempts", "Scope", "Session", "User", "plain_address"]
