"""Which target object belongs to which person? What earlier judgements saw, never what the engine says."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A person and the object that stands for the person in the target."""

    source_id: str
    target_id: str
    #: The object was in the target before the person was synchronized; it is never deleted.
    adopted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The pairs of one configuration up to a judgement."""

    pairs: Mapping[str, Pair] = field(default_factory=dict)
