"""What does the benchmark tell? One line per figure: what was compared, what was seen, what was wanted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    what: str
    seen: str
    wanted: str
    met: bool
    note: str
