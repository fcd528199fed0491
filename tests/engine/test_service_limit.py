"""Law 9: where Graph gives less than it documents the pace follows, and comes back; the quota alone slows nothing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.tenants.quotas import WRITES, WRITES_SECONDS, Quota, QuotaSize
from shared.cycles.write_budget import WriteBudget, held_until, reserve_writes, slowed_down

START = datetime(2026, 1, 5, tzinfo=UTC)
PATIENCE = timedelta(seconds=10)
MARGIN = timedelta(seconds=2)
BATCH = 12


@dataclass(kw_only=True)
class Writer:
    """Always has something to write, and does what the gate does."""

    quota: Quota = field(default_factory=lambda: Quota(QuotaSize.LARGE))
    budget: WriteBudget = field(default_factory=WriteBudget)
    now: datetime = START
    written: int = 0
    refused: int = 0

    def write_for(self, minutes: int) -> tuple[float, float]:
        """Writes a second, and the share of them that were refused."""
        end, written, refused = self.now + timedelta(minutes=minutes), self.written, self.refused
        while self.now < end:
            grant, self.budget = reserve_writes(self.budget, BATCH, self.now, patience=PATIENCE)
            self.now += grant.wait or timedelta(milliseconds=100)
            if grant.count:
                self._send()
        sent, lost = self.written - written, self.refused - refused
        return sent / (60 * minutes), lost / (sent + lost)

    def _send(self) -> None:
        refusals = [self.quota.charge(1, 1, self.now.timestamp()) for _ in range(BATCH)]
        waits = [each.retry_after for each in refusals if each is not None]
        self.written += BATCH - len(waits)
        self.refused += len(waits)
        self.budget = slowed_down(self.budget, float(self.quota.percentage() or 0), self.now)
        if waits:
            until = self.now + timedelta(seconds=max(waits)) + MARGIN
            self.budget = held_until(self.budget, until, self.now)


def test_from_an_empty_bucket_nearly_the_whole_quota_is_used_and_hardly_a_write_refused() -> None:
    writer = Writer()
    writer.quota.drain(START.timestamp())

    pace, refused = writer.write_for(5)

    assert pace >= 0.95 * WRITES / WRITES_SECONDS
    assert refused <= 0.01


@pytest.mark.parametrize("share", [0.75, 0.5, 0.25])
def test_the_pace_follows_a_service_that_gives_less_and_comes_back(share: float) -> None:
    writer, documented = Writer(), WRITES / WRITES_SECONDS
    writer.quota.shrink(share, START.timestamp())
    writer.write_for(20)

    pace, refused = writer.write_for(40)
    writer.quota.shrink(1 / share, writer.now.timestamp())
    writer.write_for(15)
    again, _ = writer.write_for(10)

    assert pace >= 0.95 * share * documented
    assert refused <= 0.03
    assert again >= 0.95 * documented
