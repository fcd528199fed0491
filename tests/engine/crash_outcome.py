"""What has become of everything? All that must be the same, wherever a process died."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.cycles.cycle import Cycle
from shared.cycles.state import ConfigurationState
from shared.orchestration.released_store import load_released
from shared.provisioning.link import Link
from shared.provisioning.provisioning_log import ProvisioningLogRecord, ProvisioningStatus
from tests.engine.local_engine import LocalEngine

CLAIM_SHARDS = 16
NOTHING_TO_DO = "RedundantExport"


RELEASED: Final = "released lately"
"""How many the guard counts as released, by kind, in the state of an outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What stands at the end; people have their short names, and times and ids are left out."""

    disagreements: Sequence[str]
    log: Counter[str]
    """The records beside the entries, like "ada create success".

    How often somebody is looked at depends on the time: failures stand here once, second looks for nothing not at all.
    """
    only_indexed: Counter[str]
    """The records that stand in the index alone: of held removals, and of messages that were given up."""
    not_indexed: Sequence[str]
    """The records beside the entries that the index does not have exactly once and as they are."""
    miscounted: Counter[str]
    """Where the counters of all cycles and the records beside the entries differ."""
    links: Mapping[str, object]
    open_work: Mapping[str, object]
    claims: Counter[str]
    target: Sequence[object]
    """The people of the target, also the deleted ones."""
    state: Mapping[str, object]
    cycles: Sequence[object]


async def outcome_of(local: LocalEngine) -> Outcome:
    """What stands at the end; of a configuration that is gone, what it has left."""
    names, index = _names(local), await local.index()
    state = await local.engine.configurations.state(local.documents[0]["id"])
    if state is None:
        return await _remains(local, [told(record, names) for record in index])
    beside = [record for source_id in names for record in await local.records(source_id)]
    known = {record.id for record in beside}
    rows = {name: await local.rows(source_id) for source_id, name in names.items()}
    return Outcome(
        disagreements=[str(each) for each in local.judge().disagreements],
        log=_log(beside, names),
        only_indexed=Counter(told(record, names) for record in index if record.id not in known),
        not_indexed=[told(record, names) for record in beside if index.count(record) != 1],
        miscounted=_difference(await _counted(local), Counter(f"{each.action} {each.status}" for each in beside)),
        links={
            name: (*_standing(row.link), names.get(row.link.manager), bool(row.link.manager_target))
            for name, row in rows.items()
            if row.link is not None
        },
        open_work={
            name: (row.pending and (row.pending.kind, row.pending.state, row.pending.reason), row.work is not None)
            for name, row in rows.items()
            if row.pending is not None or row.work is not None
        },
        claims=await _claims(local, names),
        target=_target(local),
        state=await _state(local, state),
        cycles=[(each.number, each.kind, each.state) for each in await _cycles(local)],
    )


def _standing(link: Link) -> tuple[object, ...]:
    return link.origin, link.state, link.digest, link.enabled, link.mail, link.departure, link.drifted


async def log_of(local: LocalEngine) -> Counter[str]:
    """All records that an administrator can find."""
    if await local.engine.configurations.state(local.documents[0]["id"]) is None:
        return Counter()
    outcome = await outcome_of(local.copy())
    return outcome.log + outcome.only_indexed


def told(record: ProvisioningLogRecord, names: Mapping[str, str]) -> str:
    """The record in three words."""
    return f"{names.get(record.source.id, record.source.id)} {record.action} {record.status}"


def _log(beside: Sequence[ProvisioningLogRecord], names: Mapping[str, str]) -> Counter[str]:
    heard = [record for record in beside if record.error is None or record.error.code != NOTHING_TO_DO]
    found = Counter(told(record, names) for record in heard)
    failures = {told(record, names) for record in heard if record.status is ProvisioningStatus.FAILURE}
    return Counter({each: 1 if each in failures else count for each, count in found.items()})


def _difference(one: Counter[str], other: Counter[str]) -> Counter[str]:
    return (one - other) + (other - one)


def _names(local: LocalEngine) -> dict[str, str]:
    """The short names of all people that the source has or had, by their ids."""
    dump = local.simulation.dump(local.source_id)
    return {user["id"]: user["mailNickname"] for user in (*dump["users"], *dump["deletedItems"])}


async def _counted(local: LocalEngine) -> Counter[str]:
    """What the counters of all cycles say together."""
    state, total = await local.state(), Counter[str]()
    for number in range(state.cycle + 1):
        counters = await local.engine.entries.counters(state, number)
        total.update({f"{action} {status}": count for (action, status), count in counters.values.items()})
    return total


async def _claims(local: LocalEngine, names: Mapping[str, str]) -> Counter[str]:
    """What each person has claims on."""
    found = Counter[str]()
    for shard in range(CLAIM_SHARDS):
        async for row in local.tables.rows("claims").scan(f"{local.target_id}:{shard:02}"):
            found[f"{names[str(row.values['source_id'])]} {row.key.partition(':')[0]}"] += 1
    return found


def _target(local: LocalEngine) -> list[object]:
    dump = local.simulation.dump(local.target_id)
    mails = {user["id"]: user["mail"] for user in dump["users"]}
    shown = ("mail", "userType", "accountEnabled", "displayName", "surname", "city")
    users = [(True, *map(user.get, shown), mails.get((user.get("manager") or {}).get("id"))) for user in dump["users"]]
    deleted = [(False, *map(user.get, shown)) for user in dump["deletedItems"]]
    return sorted([*users, *deleted], key=str)


async def _state(local: LocalEngine, state: ConfigurationState) -> dict[str, object]:
    """The state but for the population, which is about right at any time."""
    names = ("version", "active", "running", "full_next", "released_cycle", "last_completed", "status")
    released = (await load_released(local.engine, state)).minutes
    lately = {kind.value: len(people) for kind, people in released.items()}
    return {**{name: getattr(state, name) for name in names}, RELEASED: lately}


async def _remains(local: LocalEngine, index: Sequence[str]) -> Outcome:
    """The records stay; of the rows nothing should."""
    configuration_id = local.documents[0]["id"]
    partitions = {"entries": [f"{configuration_id}:{shard:02}" for shard in range(8)]}
    partitions |= {table: [configuration_id] for table in ("cycles", "snapshots", "watermarks")}
    rows = {
        f"{table} {row.key}": "left"
        for table, names in partitions.items()
        for name in names
        async for row in local.tables.rows(table).scan(name)
    }
    return Outcome(
        disagreements=[],
        log=Counter(),
        only_indexed=Counter(index),
        not_indexed=[],
        miscounted=Counter(),
        links={},
        open_work=rows,
        claims=Counter(),
        target=_target(local),
        state={},
        cycles=[],
    )


async def _cycles(local: LocalEngine) -> Sequence[Cycle]:
    return await local.engine.cycles.newest((await local.state()).configuration_id, 100)
