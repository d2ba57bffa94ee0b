"""What a password must be, where Django's own words have no Chinese: its catalogue lags behind its code."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Django's rule in the house's words."""

    def get_error_message(self) -> str:
        return (
            ngettext("A password has at least %d character.", "A password has at least %d characters.", self.min_length)
            % self.min_length
        )
