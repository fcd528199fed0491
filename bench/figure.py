"""What does the benchmark tell? One line per figure: what was compared, what was seen, what was wanted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    what: str
    seen: str
    wanted: str
    met: bool
    note: str


def at_most(what: str, seen: float, bound: float, *, unit: str = "", note: str = "") -> Figure:
    """A figure that shall not be larger."""
    return Figure(
        what=what, seen=f"{_text(seen)}{unit}", wanted=f"≤ {_text(bound)}{unit}", met=seen <= bound, note=note
    )


def at_least(what: str, seen: float, bound: float, *, unit: str = "", note: str = "") -> Figure:
    """A figure that shall not be smaller."""
    return Figure(
        what=what, seen=f"{_text(seen)}{unit}", wanted=f"≥ {_text(bound)}{unit}", met=seen >= bound, note=note
    )


def _text(number: float) -> str:
    """At least as exact as whether a bound is met; no longer than that takes."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.2f}".rstrip("0").rstrip(".")
