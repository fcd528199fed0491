"""Does a target object, and an address, have one owner?"""

import asyncio
from dataclasses import replace

import pytest

from shared.adapters.tables.claims import SHARDS, TableClaimStore, claim_keys
from shared.adapters.tables.rows import Rows
from shared.cycles.claim import Claim, ClaimKind
from shared.orchestration.ports import Conflict

MAIL = Claim(
    tenant_id="contoso", kind=ClaimKind.MAIL, subject="zoë@fabrikam.example", configuration_id="c", source_id="s"
)
OTHER = replace(MAIL, configuration_id="d")
TARGET = replace(MAIL, kind=ClaimKind.TARGET, subject="0000/target#id")


@pytest.fixture
def store(rows: Rows) -> TableClaimStore:
    return TableClaimStore(rows)


@pytest.mark.parametrize("claim", [MAIL, TARGET])
async def test_the_first_to_claim_owns(store: TableClaimStore, claim: Claim) -> None:
    taken = await store.take(claim)

    later = await store.take(replace(claim, configuration_id="d"))

    assert taken.etag
    assert replace(taken, etag="") == claim
    assert later == taken


async def test_claiming_again_changes_nothing(store: TableClaimStore) -> None:
    taken = await store.take(MAIL)

    assert await store.take(MAIL) == taken


@pytest.mark.parametrize("likely", [False, True])
async def test_whether_a_claim_is_likely_to_stand_changes_nothing_about_who_owns(
    store: TableClaimStore, likely: bool
) -> None:
    taken = await store.take(MAIL, likely=likely)

    assert taken.same_owner(MAIL)
    assert await store.take(MAIL, likely=likely) == taken
    assert await store.take(OTHER, likely=likely) == taken


async def test_subjects_kinds_and_tenants_are_claimed_apart(store: TableClaimStore) -> None:
    claims = [
        MAIL,
        replace(MAIL, subject="x"),
        replace(MAIL, kind=ClaimKind.TARGET),
        replace(MAIL, kind=ClaimKind.VALUE),
        replace(MAIL, tenant_id="x"),
    ]

    for number, claim in enumerate(claims):
        mine = replace(claim, source_id=str(number))
        assert (await store.take(mine)).same_owner(mine)


async def test_of_many_who_claim_at_once_one_owns(store: TableClaimStore) -> None:
    claims = [replace(MAIL, source_id=str(number)) for number in range(8)]

    standing = await asyncio.gather(*map(store.take, claims))

    assert len({found.source_id for found in standing}) == 1


async def test_a_claim_is_taken_over_from_the_owner_who_was_seen(store: TableClaimStore) -> None:
    standing = await store.take(OTHER)

    taken = await store.take_over(standing, MAIL)

    assert taken.same_owner(MAIL)
    assert await store.take(OTHER) == taken


async def test_a_claim_that_changed_hands_is_not_taken_over(store: TableClaimStore) -> None:
    standing = await store.take(OTHER)
    third = await store.take_over(standing, replace(MAIL, source_id="third"))

    with pytest.raises(Conflict):
        await store.take_over(standing, MAIL)

    assert await store.take(MAIL) == third


async def test_taking_over_what_is_ours_already_is_fine(store: TableClaimStore) -> None:
    standing = await store.take(OTHER)
    taken = await store.take_over(standing, MAIL)

    assert await store.take_over(standing, MAIL) == taken


def test_no_address_stands_in_a_key_and_claims_are_spread() -> None:
    keys = [claim_keys(replace(MAIL, subject=f"person{number}@fabrikam.example")) for number in range(400)]

    assert not any("person" in key for _, key in keys)
    assert len({partition for partition, _ in keys}) == SHARDS


async def test_whose_objects_they_are_is_told_of_many_at_once_and_of_nobodys_nothing(store: TableClaimStore) -> None:
    objects = [replace(MAIL, kind=ClaimKind.TARGET, subject=f"object {number}") for number in range(40)]
    for claim in objects[::2]:
        await store.take(replace(claim, source_id=f"owner of {claim.subject}"))
    await store.take(replace(objects[1], tenant_id="another tenant"))

    owners = await store.owners(MAIL.tenant_id, [claim.subject for claim in objects])

    assert {subject: claim.source_id for subject, claim in owners.items()} == {
        claim.subject: f"owner of {claim.subject}" for claim in objects[::2]
    }
    assert await store.owners(MAIL.tenant_id, []) == {}
