"""Which settings of the two partner policies have changed since a cycle last saw them?"""

from collections.abc import Mapping

Policies = Mapping[str, bool]
"""The settings that could be read, each by its name."""


def seen_policies(before: Policies, read: Mapping[str, bool | None]) -> dict[str, bool]:
    """Return what is known now: what was read, and what was known before of what could not be read."""
    return {**before, **{name: value for name, value in read.items() if value is not None}}


def policy_changes(before: Policies, now: Policies) -> tuple[str, ...]:
    """Return the settings that were known and are otherwise now; what is seen for the first time has not changed."""
    return tuple(
        f"{name}: {_word(allowed=before[name])} -> {_word(allowed=value)}"
        for name, value in sorted(now.items())
        if name in before and before[name] is not value
    )


def _word(*, allowed: bool) -> str:
    return "allowed" if allowed else "not allowed"
