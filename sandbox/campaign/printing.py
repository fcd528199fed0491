"""What does a person see of a campaign? A line for each seed, what is wrong where something is, and the totals."""

from collections.abc import Mapping

from rich.console import Console

from sandbox.campaign.options import CampaignOptions
from sandbox.campaign.outcome import COUNTED, ENOUGH, Outcome, Summary

#: More disagreements of a seed than these are counted, not listed.
LISTED = 10


def print_outcome(console: Console, outcome: Outcome, options: CampaignOptions) -> None:
    """One line; where the seed failed, also why, where its logs are, and what repeats it."""
    verdict = "agrees" if outcome.agreement else "FAILED"
    work = f"{outcome.kills} kills, {outcome.cycles} cycles, {outcome.seconds:.1f} s"
    _print(console, f"seed {outcome.seed} {verdict}: {outcome.about}; {work}; {_counted(outcome.faults)}")
    if outcome.agreement:
        return
    for each in outcome.disagreements[:LISTED]:
        _print(console, f"  {each.kind}: {each}")
    if len(outcome.disagreements) > LISTED:
        _print(console, f"  ... and {len(outcome.disagreements) - LISTED} more")
    if outcome.problem:
        _print(console, f"  {outcome.problem}")
    _print(console, f"  logs: {outcome.logs}")
    _print(console, f"  again: {options.command(outcome.seed)}")


def print_summary(console: Console, summary: Summary, options: CampaignOptions) -> None:
    """The totals, and what repeats each failure."""
    wrong = ", ".join(f"{summary.count(kind)} {kind}" for kind in COUNTED)
    _print(console, f"{len(summary.outcomes)} seeds: {summary.agreed} in agreement; {wrong}")
    for name, count in sorted(summary.faults.items()):
        _print(console, f"{name}: {count}")
    _print(console, f"fewer than {ENOUGH} times: {', '.join(summary.rare) or 'nothing'}")
    for outcome in sorted(summary.outcomes, key=lambda each: each.seed):
        if not outcome.agreement:
            _print(console, f"again: {options.command(outcome.seed)}")


def _counted(faults: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(faults.items())) or "no faults"


def _print(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
