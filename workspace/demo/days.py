"""When the story happens: told backwards from now, so that it is fresh whenever it is installed, and nothing lies in the future."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

# Until then of a day enough has been said for the day to count as begun.
BEGUN = time(11, 30)
FRIDAY = 4


@dataclass(frozen=True)
class Calendar:
    """Days are numbers: 0 is the newest one that has begun, -1 the one before. `now` is aware, in the zone of the company."""

    now: datetime

    def day(self, number: int) -> datetime:
        """Midnight at the beginning of a working day. Positive numbers are days to come."""
        day = self._begun()
        while not _is_working(day):
            day -= timedelta(days=1)
        step = timedelta(days=1 if number > 0 else -1)
        for _ in range(abs(number)):
            day += step
            while not _is_working(day):
                day += step
        return day

    def friday(self, number: int) -> datetime:
        """The same, counted in Fridays."""
        day = self._begun()
        return day - timedelta(days=(day.weekday() - FRIDAY) % 7) + timedelta(weeks=number)

    def _begun(self) -> datetime:
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight if self.now.time() >= BEGUN else midnight - timedelta(days=1)


def _is_working(day: datetime) -> bool:
    return day.weekday() <= FRIDAY
