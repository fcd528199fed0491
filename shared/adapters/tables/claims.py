"""Where does it stand who owns which address and which object of a target tenant?

Addresses and values are personal data and user input: keys hold their SHA-256.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.row_format import RowFormat
from shared.adapters.tables.rows import Insert, Replace, Row, RowConflict, Rows, RowValue, escape_key
from shared.cycles.claim import Claim, ClaimKind
from shared.orchestration.ports import Conflict

SHARDS = 16
_TRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What a claim's row holds; its keys say what is claimed."""

    configuration_id: str
    source_id: str


OWNER = RowFormat(Owner)


class TableClaimStore:
    """ClaimStore on the table `claims`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def take(self, claim: Claim, *, likely: bool = False) -> Claim:
        """Insert; where one is likely to stand it is looked for first, which saves the insert that would fail."""
        standing = await self._standing(claim) if likely else None
        if standing is not None:
            return standing
        partition, key = claim_keys(claim)
        for _ in range(_TRIES):
            try:
                etags = await self._rows.commit(partition, [Insert(key=key, values=_columns(claim))])
                return replace(claim, etag=etags[key])
            except RowConflict:
                standing = await self._standing(claim)
            if standing is not None:
                return standing
        raise Conflict(f"Claim {key} comes and goes.")

    async def take_over(self, standing: Claim, claim: Claim) -> Claim:
        partition, key = claim_keys(claim)
        operation = Replace(key=key, values=_columns(claim), etag=standing.etag)
        try:
            etags = await self._rows.commit(partition, [operation])
        except RowConflict as conflict:
            now_standing = await self._standing(claim)
            if now_standing is None or not now_standing.same_owner(claim):
                raise Conflict(str(conflict)) from conflict
            return now_standing
        return replace(claim, etag=etags[key])

    async def owners(self, tenant_id: str, target_ids: Sequence[str]) -> Mapping[str, Claim]:
        asked = defaultdict[str, dict[str, str]](dict)
        for target_id in target_ids:
            partition, key = claim_keys(_on_object(tenant_id, target_id))
            asked[partition][key] = target_id
        parts = await in_parallel(self._owned_of(tenant_id, *each) for each in asked.items())
        return {claim.subject: claim for part in parts for claim in part}

    async def _owned_of(self, tenant_id: str, partition: str, asked: Mapping[str, str]) -> list[Claim]:
        rows = await self._rows.get_many(partition, list(asked))
        return [_owned(_on_object(tenant_id, asked[key]), row) for key, row in rows.items()]

    async def _standing(self, claim: Claim) -> Claim | None:
        row = await self._rows.get(*claim_keys(claim))
        return None if row is None else _owned(claim, row)


def claim_keys(claim: Claim) -> tuple[str, str]:
    """Partition and key of the claim on this subject, whoever owns it."""
    if claim.kind is not ClaimKind.TARGET:
        subject = hashlib.sha256(claim.subject.encode()).hexdigest()
    else:
        subject = escape_key(claim.subject)
    key = f"{claim.kind}:{subject}"
    shard = hashlib.blake2b(key.encode(), digest_size=8).digest()[-1] % SHARDS
    return f"{escape_key(claim.tenant_id)}:{shard:02}", key


def _on_object(tenant_id: str, target_id: str) -> Claim:
    return Claim(tenant_id=tenant_id, kind=ClaimKind.TARGET, subject=target_id, configuration_id="", source_id="")


def _columns(claim: Claim) -> dict[str, RowValue]:
    return OWNER.columns(Owner(configuration_id=claim.configuration_id, source_id=claim.source_id))


def _owned(claim: Claim, row: Row) -> Claim:
    owner = OWNER.value(row)
    return replace(claim, configuration_id=owner.configuration_id, source_id=owner.source_id, etag=row.etag)
