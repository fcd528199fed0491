"""How does life go on in the source while cycles run? As between cycles, but for what nobody could judge afterwards.

The judge sees both tenants at the end of a round. Whom it cannot tell from an error then is spared:

    event                        is spared
    disable, lose an assignment  who was not in the target at the last judgement: created and disabled, or never created
    return                       who left without ever having been there: created and deleted, or never created
    marry, leave, disable        whose object the engine may still have to choose, or whom it leaves as they are
    leave                        who was adopted and has changed since: the object is left as the engine wrote it last
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.campaign.target_life import TargetLife
from sandbox.campaign.witness import Witness
from sandbox.judge import Case, Directory, Due, expectations
from sandbox.runner.judging import case_of
from sandbox.runner.rounds import Rounds
from sandbox.scenarios import Change, Life, LifeOptions, life_between_cycles

#: Of those who join, so many are invited by hand by somebody in the target before.
INVITED_BEFORE = 0.3
#: Where a change names its person: who is assigned again gets what changed meanwhile.
_NAMES = ("id", "principalId", "memberId")


@dataclass(kw_only=True)
class SourceLife:
    """The life of one source."""

    rounds: Rounds
    target: TargetLife
    witness: Witness
    seed: int
    _times: int = 0
    _removed: int = 0
    #: Since the last judgement.
    _changed: set[str] = field(default_factory=set)
    _never_seen: set[str] = field(default_factory=set)

    async def live(self, kinds: AbstractSet[str]) -> None:
        """One piece of life, of these kinds."""
        source = await self.rounds.directory(self._source_id)
        self._times += 1
        life = life_between_cycles(source, self._options(source, kinds))
        changes = await self._with_guests(life)
        await self.rounds.world.tenants.change(self._source_id, changes)
        self.witness.saw_source(source, await self.rounds.directory(self._source_id))
        self._remember(source, life)

    def judged(self) -> None:
        """The judge has seen everybody as they are."""
        self._changed.clear()

    @property
    def _source_id(self) -> str:
        return str(self.rounds.jobs[0].document["source"]["tenantId"])

    def _options(self, source: Directory, kinds: AbstractSet[str]) -> LifeOptions:
        return LifeOptions(
            seed=self.seed,
            cycle=self._times,
            service_principal_id=self.rounds.jobs[0].document["source"]["servicePrincipalId"],
            removed_so_far=self._removed,
            kinds=kinds,
            spared=self._spared(source),
            taken=self.witness.addresses,
        )

    def _spared(self, source: Directory) -> Mapping[str, AbstractSet[str]]:
        case = self._case(source)
        pairs = case.history.pairs
        unknown = source.users.keys() - pairs.keys()
        open_ = {key for key, each in expectations(case).items() if each.due not in (Due.LINKED, Due.CREATED)}
        written = {key for key in self._changed if key in pairs and pairs[key].adopted}
        return {
            "disable": unknown | open_,
            "marry": open_,
            "leave": open_ | written,
            "reassign": unknown | open_ | written,
            "return": self._never_seen,
        }

    def _case(self, source: Directory) -> Case:
        """The source now, and the target as at the last judgement."""
        document = self.rounds.jobs[0].document
        targets = self.rounds.judged.targets
        return case_of(
            document, {self._source_id: source, **targets}, self.rounds.judged, self.rounds.world.clock.now()
        )

    async def _with_guests(self, life: Life) -> list[Change]:
        """The changes; some of the newcomers the target has invited by hand before, newer or older than the person."""
        chance = Random(f"guests {self.seed} {self._times}")
        changes = [dict(change) for change in life.changes]
        for change in changes:
            if change["op"] == "createUser" and chance.random() < INVITED_BEFORE:
                await self.target.invite(change["user"]["mail"])
                if chance.random() < 0.5:
                    change["user"] = {**change["user"], "createdDateTime": "2021-03-01T08:00:00Z"}
        return changes

    def _remember(self, source: Directory, life: Life) -> None:
        pairs = self._case(source).history.pairs
        self._removed += life.removals
        self._changed |= {str(change[key]) for change in life.changes for key in _NAMES if key in change}
        self._never_seen |= {id_ for id_ in _deleted(life.changes) if id_ not in pairs}


def _deleted(changes: tuple[dict[str, Any], ...]) -> list[str]:
    return [str(change["id"]) for change in changes if change["op"] == "deleteUser"]
