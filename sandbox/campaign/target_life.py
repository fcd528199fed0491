"""What does an administrator of the target do meanwhile? Hires, invites by hand, changes and dismisses own people.

What was done is added to the target as it was at the last judgement: the judge must find it untouched, or adopted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from sandbox.judge import Directory, User
from sandbox.runner.rounds import Rounds
from sandbox.scenarios import Change

STRANGERS = "elsewhere.example"
DEPARTMENTS = ("Port", "Customs", "Dyes")


@dataclass(kw_only=True)
class TargetLife:
    """The life of one target."""

    rounds: Rounds
    seed: int
    #: What the administrator has made, changed or deleted so far.
    touched: set[str] = field(default_factory=set)
    _times: int = 0

    async def live(self) -> None:
        """One of each, as far as there is somebody."""
        self._times += 1
        chance = Random(f"target {self.seed} {self._times}")
        source = await self.rounds.directory(self._source_id)
        own = self._own_people(source, await self.rounds.directory(self._target_id))
        await self._change([self._hire(), self._invitation(f"visitor{self._times}@{STRANGERS}")])
        if len(own) > 1:
            changed, dismissed = chance.sample(own, 2)
            department = {"department": chance.choice(DEPARTMENTS)}
            await self._change(
                [{"op": "updateUser", "id": changed, "set": department}, {"op": "deleteUser", "id": dismissed}]
            )

    async def invite(self, address: str) -> None:
        """A guest is invited by hand."""
        await self._change([self._invitation(address)])

    @property
    def _source_id(self) -> str:
        return str(self.rounds.jobs[0].document["source"]["tenantId"])

    @property
    def _target_id(self) -> str:
        return str(self.rounds.jobs[0].document["target"]["tenantId"])

    def _hire(self) -> Change:
        name = f"employee{self._times}.of{self.seed}"
        address = f"{name}@marisol.example"
        user = {"userPrincipalName": address, "mail": address, "mailNickname": name, "displayName": name}
        return {"op": "createUser", "user": {**user, "userType": "Member", "accountEnabled": True}}

    def _invitation(self, address: str) -> Change:
        return {"op": "createGuest", "mail": address, "displayName": address.partition("@")[0]}

    def _own_people(self, source: Directory, target: Directory) -> list[str]:
        """Who can be nobody's object: own members, and guests from somewhere else."""
        sources = {address for user in (*source.users.values(), *source.deleted.values()) for address in user.addresses}
        return sorted(user.id for user in target.users.values() if _is_own(user) and not user.addresses & sources)

    async def _change(self, changes: Sequence[Change]) -> None:
        ids = await self.rounds.world.tenants.change(self._target_id, changes)
        touched = {id_ or str(change.get("id")) for id_, change in zip(ids, changes, strict=True)}
        self.touched |= touched
        self._add_to_baseline(await self.rounds.directory(self._target_id), touched)

    def _add_to_baseline(self, now: Directory, touched: set[str]) -> None:
        before = self.rounds.judged.targets[self._target_id]
        users = {key: user for key, user in before.users.items() if key not in touched}
        deleted = {key: user for key, user in before.deleted.items() if key not in touched}
        users.update((key, now.users[key]) for key in touched if key in now.users)
        deleted.update((key, now.deleted[key]) for key in touched if key in now.deleted)
        targets = {**self.rounds.judged.targets, self._target_id: replace(before, users=users, deleted=deleted)}
        self.rounds.judged = replace(self.rounds.judged, targets=targets)


def _is_own(user: User) -> bool:
    return not user.is_collaboration_user or user.address.endswith(f"@{STRANGERS}")
