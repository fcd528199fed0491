"""Under which keys does what we know of a source object stand?

Everything about an object is in one partition, its shard's, so that one transaction can change all of it. The kind
comes first in a key, so that all of one kind can be read in a row.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from shared.adapters.tables.key_order import inverted_time, number_part, time_of, time_part, within
from shared.adapters.tables.rows import escape_key, unescape_key
from shared.cycles.pending import DueClass, DueEntry, Pending

LINKS = within("link")
PENDING = within("pending")
WORKS = within("work")


def partition_key(configuration_id: str, shard: int) -> str:
    return f"{escape_key(configuration_id)}:{shard:02}"


def shard_of(source_id: str, shards: int) -> int:
    """The shard of a source object; changing this would lose every row there is."""
    return int.from_bytes(hashlib.blake2b(source_id.encode(), digest_size=8).digest()) % shards


def one_partition(configuration_id: str, source_ids: Sequence[str], shards: int) -> str:
    """The partition of objects that are all of one shard; ValueError if they are not."""
    found = {shard_of(source_id, shards) for source_id in source_ids}
    if len(found) != 1:
        raise ValueError(f"{len(source_ids)} objects of {len(found)} shards; this takes those of one shard.")
    return partition_key(configuration_id, found.pop())


def link_key(source_id: str) -> str:
    return f"link:{escape_key(source_id)}"


def pending_key(source_id: str) -> str:
    return f"pending:{escape_key(source_id)}"


def work_key(source_id: str) -> str:
    return f"work:{escape_key(source_id)}"


def source_id_of(key: str) -> str:
    """The source id in a key of one of the three kinds above."""
    return unescape_key(key.split(":")[1])


def log_key(source_id: str, started: datetime) -> str:
    """Newest first; one record for an object and the start of its intent, however often a pass is repeated."""
    return f"log:{escape_key(source_id)}:{inverted_time(started)}"


def due_key(entry: DueEntry) -> str:
    return f"due:{entry.due_class}:{time_part(entry.due)}:{escape_key(entry.source_id)}"


def due_entry(key: str) -> DueEntry:
    """The entry that `due_key` was given."""
    _, due_class, time, source_id = key.split(":")
    return DueEntry(source_id=unescape_key(source_id), due_class=DueClass(due_class), due=time_of(time))


def due_of(pending: Pending) -> DueEntry:
    """The entry of the due index that belongs to a pending row."""
    return DueEntry(source_id=pending.source_id, due_class=pending.due_class, due=pending.due)


def due_until(due_class: DueClass, until: datetime) -> tuple[str, str]:
    """First key and key behind the last of what is due up to and including `until`."""
    return within("due", due_class)[0], within("due", due_class, time_part(until))[1]


def counters_key(cycle: int, slot: str) -> str:
    return f"counters:{number_part(cycle)}:{escape_key(slot)}"


def counters_of(cycle: int) -> tuple[str, str]:
    """First key and key behind the last of the counters of a cycle."""
    return within("counters", number_part(cycle))
