"""Which bugs of the engine must the machine for the life in the target find, and what does it say of them?"""

from typing import Final

from tests.machine.planted_bugs import PlantedBug

_ORCHESTRATION: Final = "shared/orchestration/"
_PROVISIONING: Final = "shared/provisioning/"
_CONFIGURATION: Final = "shared/configuration/"

LIFE_BUGS: Final = (
    PlantedBug(
        name="a block is forgotten when its person leaves and comes back",
        file=_PROVISIONING + "drift.py",
        original="link.departure is Departure.BLOCKED:\n        return True\n    return link.enabled",
        replacement="link.departure is Departure.DELETED:\n        return True\n    return past.as_written",
        says="law of departures broken.*was enabled",
        seed=11,
    ),
    PlantedBug(
        name="whoever was deleted in the target is restored by the next change",
        file=_PROVISIONING + "change_planning.py",
        original="    return sight.linked.deleted and not _is_removed_by_us(link, sight.linked)\n",
        replacement="    return sight.linked.deleted and sight.past.as_written\n",
        says="law (of departures|5) broken.*was restored",
        seed=5,
    ),
    PlantedBug(
        name="whoever was purged in the target is invited again",
        file=_PROVISIONING + "change_planning.py",
        original="        return link.state is not LinkState.DELETED\n",
        replacement="        return link.state is LinkState.RELEASED\n",
        says="law of departures broken.*was made",
        seed=6,
    ),
    PlantedBug(
        name="a release is forgotten when the reader names its person",
        file=_ORCHESTRATION + "reading.py",
        original="    row = replace(row, released_by=before.released_by)\n",
        replacement="    row = replace(row)\n",
        says="law 1 or 10 broken.*should",
        seed=3,
    ),
    PlantedBug(
        name="a release undoes nothing",
        file=_ORCHESTRATION + "record_drift.py",
        original="released=bool(entry.pending.released_by)",
        replacement="released=job.on_demand",
        says="law 1 or 10 broken.*should",
        seed=7,
    ),
    PlantedBug(
        name="what the target owns is written like all else",
        file=_CONFIGURATION + "user_mapping.py",
        original="    return _left_to_target(users, owned) if owned else users\n",
        replacement="    return _left_to_target(users, owned[:0]) if owned else users\n",
        says="law of what the target owns broken",
        seed=2,
    ),
    PlantedBug(
        name="what is to be enforced is only reported",
        file=_PROVISIONING + "drift.py",
        original="rules.policy(name) is DriftPolicy.REPORT\n\n\ndef is_blocked",
        replacement="rules.policy(name) is not DriftPolicy.TARGET_OWNED\n\n\ndef is_blocked",
        says="law 1 or 10 broken.*should",
        seed=4,
    ),
    PlantedBug(
        name="what is only to be reported is written again",
        file=_PROVISIONING + "drift.py",
        original="rules.policy(name) is DriftPolicy.REPORT\n\n\ndef is_blocked",
        replacement="rules.policy(name) is DriftPolicy.TARGET_OWNED\n\n\ndef is_blocked",
        says="law of drift broken",
        seed=3,
    ),
    PlantedBug(
        name="people get themselves as their managers",
        file=_ORCHESTRATION + "resolve_references.py",
        original="        manager_id=decision.target_id,\n",
        replacement="        manager_id=_object_of(entry),\n",
        says="law of managers broken",
    ),
    PlantedBug(
        name="whoever has no manager any more keeps the one that they had",
        file=_PROVISIONING + "reference_resolution.py",
        original="    if clears:\n        return ManagerDecision(resolution=Resolution.REMOVE)\n",
        replacement="    if not clears:\n        return ManagerDecision(resolution=Resolution.REMOVE)\n",
        says="the manager should be nobody",
        seed=3,
    ),
    PlantedBug(
        name="a manager who comes later is nobody's",
        file=_ORCHESTRATION + "find_references.py",
        original="    if not wrong and not coming:\n",
        replacement="    if wanted:\n",
        says="the manager should be",
        seed=17,
    ),
    PlantedBug(
        name="workers go by the first document for ever",
        file=_ORCHESTRATION + "run_passes.py",
        original="configurations.configuration(state.configuration_id, state.version)",
        replacement="configurations.configuration(state.configuration_id, 1)",
        says="law",
    ),
    PlantedBug(
        name="whom the document disables first is never deleted",
        file=_PROVISIONING + "change_planning.py",
        original="    if delete_at is not None and delete_at <= now:\n",
        replacement="    if delete_at is not None and delete_at < link.changed:\n",
        says="law 1 or 10 broken.*should be deleted",
        seed=4,
    ),
    PlantedBug(
        name="days that a document gives are none",
        file=_PROVISIONING + "change_planning.py",
        original="    if deletes and not removal.after_days:\n",
        replacement="    if deletes:\n",
        says="law of removal broken",
    ),
    PlantedBug(
        name="an object is deleted though the document only disables",
        file=_PROVISIONING + "change_planning.py",
        original="    deletes = removal.action is RemovalAction.DELETE\n    if link",
        replacement="    deletes = removal.action is not RemovalAction.NONE\n    if link",
        says="law of removal broken",
    ),
)
