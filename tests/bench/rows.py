"""A row of the table: what was measured, the limit of the same run, the target, and how it stood last time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "runs.jsonl"


@dataclass(frozen=True)
class Row:
    """One figure. `target` must be reached, `beyond` is dreamt of, both in `unit`; `limit` is the bare broadcast's.

    Smaller is better, unless `more_is_better`. A row without a target is told for the record.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    beyond: float | None = None
    limit: float | None = None
    more_is_better: bool = False

    def reaches(self, bound: float | None) -> bool:
        if bound is None:
            return False
        return self.value >= bound if self.more_is_better else self.value <= bound

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        if self.reaches(self.beyond):
            return "beyond"
        return "reached" if self.reaches(self.target) else "MISSED"


def table(rows: list[Row], last: dict[str, Any] | None) -> str:
    """The rows in columns, each with its ratio to the limit and to the last kept run."""
    before = {row["name"]: row["value"] for row in last["rows"]} if last else {}
    lines = [("", "figure", "limit", "× limit", "× last", "target", "")]
    lines += [
        (
            row.name,
            f"{_short(row.value)} {row.unit}",
            _short(row.limit),
            _short(row.value / row.limit) if row.limit else "",
            _short(row.value / before[row.name]) if before.get(row.name) else "",
            f"{'≥' if row.more_is_better else '≤'} {_short(row.target)}" if row.target is not None else "",
            row.verdict,
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    left = (0, 6)
    return "\n".join(
        "  ".join(
            text.ljust(width) if column in left else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _short(number: float | None) -> str:
    if number is None:
        return ""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.2g}" if abs(number) < 1 else f"{number:.3g}"


def last_kept(path: Path = KEPT) -> dict[str, Any] | None:
    """The newest kept run, if there is one."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return json.loads(lines[-1]) if lines else None


def keep(rows: list[Row], method: dict[str, Any], path: Path = KEPT) -> None:
    """Append the run as one line of JSON. It names no machine and no path."""
    run = {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "method": method,
        "rows": [
            {"name": row.name, "value": _exact(row.value), "unit": row.unit, "limit": _exact(row.limit)}
            | {"target": _exact(row.target), "verdict": row.verdict}
            for row in rows
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(run, ensure_ascii=False) + "\n")


def _exact(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of the values doesn't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
