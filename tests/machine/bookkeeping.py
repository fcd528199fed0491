"""Law 10: is everything that was done, or could not be done, told by a record, and counted?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from sandbox.tenants.people import Presence
from shared.adapters.tables.entry_keys import partition_key
from shared.adapters.tables.entry_rows import record_of
from shared.adapters.tables.key_order import within
from shared.cycles.state import ConfigurationState
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus
from tests.engine.small_world import CONFIGURATION
from tests.machine.closing import Closing
from tests.machine.host import SHARDS, Host
from tests.machine.objects import By, Origin, TargetObject

SUCCESS = ProvisioningStatus.SUCCESS


async def bookkeeping_problems(host: Host, closing: Closing) -> list[str]:
    """Say what is not told, or counted otherwise than it is told."""
    records = await _records(host)
    problems = [*_untold(closing, records)]
    told = Counter((each.action, each.status) for person in records.values() for each in person)
    counted = await _counted(host, await host.local.state())
    if told != counted:
        problems.append(f"records say {dict(told - counted)} more than counters, they {dict(counted - told)} more")
    return problems


async def _records(host: Host) -> defaultdict[str, list[ProvisioningLogRecord]]:
    """Return all records beside the entries by their person; a source that lied may have named others too."""
    rows, found = host.local.tables.rows("entries"), defaultdict[str, list[ProvisioningLogRecord]](list)
    for shard in range(SHARDS):
        first, before = within("log")
        async for row in rows.scan(partition_key(CONFIGURATION, shard), first=first, before=before):
            record = record_of(row)
            found[record.source.id].append(record)
    return found


async def _counted(host: Host, state: ConfigurationState) -> Counter[tuple[ProvisioningAction, ProvisioningStatus]]:
    total: Counter[tuple[ProvisioningAction, ProvisioningStatus]] = Counter()
    for number in range(state.cycle + 1):
        total.update((await host.local.engine.entries.counters(state, number)).values)
    return total


def _untold(closing: Closing, records: Mapping[str, list[ProvisioningLogRecord]]) -> Iterator[str]:
    for each in closing.oracle.objects:
        told = {(one.action, one.status, one.target.id) for one in records[each.owner] if one.target}
        # whoever got an impossible address before the engine knew that it was done is told of as that escrow
        as_escrow = closing.has_conflict(each) and bool(records[each.owner])
        if _was_created(closing, each) and (ProvisioningAction.CREATE, SUCCESS, each.id) not in told and not as_escrow:
            yield f"no record tells that {each} was created"
        if _was_deleted(each) and (ProvisioningAction.DELETE, SUCCESS, each.id) not in told:
            yield f"no record tells that {each} was deleted"
    for source_id, history in closing.oracle.truth.people.items():
        missing = history.now.in_scope and history.now.enabled and not closing.oracle.objects.of(source_id)
        if missing and not records[source_id]:
            yield f"nothing tells why {source_id} has no object"


def _was_created(closing: Closing, each: TargetObject) -> bool:
    """Is it there for somebody in scope, by an invitation of ours and nobody else's doing?"""
    if each.origin is not Origin.OURS or not each.live or not each.finished or not each.owner:
        return False
    return each.owner not in closing.excused and closing.oracle.truth.people[each.owner].now.in_scope


def _was_deleted(each: TargetObject) -> bool:
    return each.presence is Presence.DELETED and each.moved is By.ENGINE and bool(each.owner)
