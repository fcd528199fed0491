"""How is each open point answered by canaries? Each probe looks at one thing and says what it saw, without names."""

from cli.administrator import Denied
from cli.live.canaries import Flock
from cli.live.points import Answer, Point, Verdict, held
from shared.setup.requests import GraphRequest


def is_adopted_by_age(flock: Flock) -> Answer:
    newest = max(each.created for each in flock.canaries)
    ages = [str(found.get("createdDateTime")) for each in flock.canaries if (found := flock.found(each.mail))]
    # both times are Graph's; the people of the source were all made before anybody was invited
    early = [each for each in ages if each < newest]
    return held(
        is_so=bool(ages) and not early, evidence=f"{len(ages)} objects, {len(early)} older than their invitation"
    )


def becomes_member(flock: Flock) -> Answer:
    types = [str(found.get("userType")) for each in flock.canaries if (found := flock.found(each.mail))]
    return held(is_so=set(types) == {"Member"}, evidence=f"userType of {len(types)} objects: {sorted(set(types))}")


def finds_without_case(flock: Flock) -> Answer:
    address = flock.canaries[0].mail.upper()
    counts = {
        "otherMails": len(flock.search(f"otherMails/any(x:x eq '{address}')")),
        "proxyAddresses": len(flock.search(f"proxyAddresses/any(x:x eq 'smtp:{address}')")),
    }
    return held(is_so=set(counts.values()) == {1}, evidence=f"found by an address in capitals: {counts}")


def shows_soon(flock: Flock) -> Answer:
    seconds = flock.looks * flock.patience
    found = [each for each in flock.canaries if flock.found(each.mail)]
    return held(
        is_so=len(found) == len(flock.canaries) and seconds <= 120,
        evidence=f"{len(found)} of {len(flock.canaries)} found after at most {seconds:.0f} s",
    )


def takes_new_mail(flock: Flock) -> Answer:
    canary = flock.canaries[1]
    before = flock.found(canary.mail)
    address = canary.mail.replace("@", "-married@")
    flock.change(canary, {"mail": address})
    flock.provision([canary])
    after = flock.found(address)
    state = None if before is None else before.get("externalUserState")
    same = before is not None and after is not None and after.get("id") == before.get("id")
    return held(is_so=same, evidence=f"externalUserState {state}; the same object has the new mail: {same}")


def invites_twice(flock: Flock) -> Answer:
    canary = flock.canaries[2]
    known = flock.found(canary.mail)
    body = {
        "invitedUserEmailAddress": canary.mail,
        "inviteRedirectUrl": flock.configuration.target.invite_redirect_url,
        "sendInvitationMessage": False,
    }
    try:
        answer = flock.target.send(GraphRequest(method="POST", path="/invitations", body=body))
    except Denied as denied:
        return held(is_so=False, evidence=f"{denied.status} {denied.code}")
    invited = answer.get("invitedUser")
    object_id = str(invited.get("id")) if isinstance(invited, dict) else ""
    flock.made.add(object_id)
    same = known is not None and object_id == known.get("id")
    return held(is_so=same, evidence=f"201, the same object: {same}, status {answer.get('status')}")


def finds_deleted_by_mail(flock: Flock) -> Answer:
    canary = flock.canaries[3]
    _delete_in_target(flock, canary.mail)
    found = flock.search_deleted(f"mail eq '{canary.mail}'")
    return held(is_so=len(found) == 1, evidence=f"{len(found)} found")


def filters_deleted_by_any(flock: Flock) -> Answer:
    canary = flock.canaries[4]
    _delete_in_target(flock, canary.mail)
    condition = f"otherMails/any(x:x eq '{canary.mail}') or proxyAddresses/any(x:x eq 'smtp:{canary.mail}')"
    try:
        found = flock.search_deleted(condition)
    except Denied as denied:
        return held(is_so=False, evidence=f"{denied.status} {denied.code}")
    return held(is_so=len(found) == 1, evidence=f"answered, {len(found)} found")


def pages_of_two_hundred(flock: Flock) -> Answer:
    page = flock.source.read("/users/delta?$select=id")
    value = page.get("value")
    size = len(value) if isinstance(value, list) else 0
    if "@odata.nextLink" not in page:
        return Answer(verdict=Verdict.OPEN, evidence=f"the source has only {size} objects, which fit into one page")
    return held(is_so=size <= 200, evidence=f"a first page of {size} objects, and more behind it")


def _delete_in_target(flock: Flock, mail: str) -> None:
    found = flock.found(mail)
    if found is not None:
        flock.target.send(GraphRequest(method="DELETE", path=f"/users/{found['id']}"))


# In this order: the later ones change and delete what the earlier ones look at.
POINTS = (
    Point(behaviour="after a lost answer the invited object is visible", probe=shows_soon),
    Point(behaviour="`createdDateTime` of an invited user", probe=is_adopted_by_age),
    Point(behaviour="an app with `User.Invite.All`", probe=becomes_member),
    Point(behaviour="the limit of `users/delta`", probe=pages_of_two_hundred),
    Point(behaviour="filters on `otherMails`", probe=finds_without_case),
    Point(behaviour="`mail` of a B2B user can be changed", probe=takes_new_mail),
    Point(behaviour="inviting an address that is already", probe=invites_twice),
    Point(behaviour="a soft-deleted user can be filtered by `mail`", probe=finds_deleted_by_mail),
    Point(behaviour="`deletedItems/microsoft.graph.user` takes", probe=filters_deleted_by_any),
    Point(
        behaviour="an expired delta link",
        why_not="a link expires after seven days: leave a job paused for eight, start it, and see `jobs show`",
    ),
    Point(
        behaviour="`appRoleAssignments` of a user include",
        why_not="assign a group by hand and provision one of its members on demand: there must be no escrow",
    ),
    Point(
        behaviour="people with SMS sign-in",
        why_not="enable SMS sign-in for one person by hand and provision them on demand",
    ),
    Point(behaviour="throttled writes name", why_not="nobody provokes throttling here; `logs` shows it if it happens"),
    Point(behaviour="invitations cost one write", why_not="only a tenant that is being throttled shows it"),
    Point(
        behaviour="no notification mail",
        why_not="canaries have no mailbox: provision a person who has one, and ask them",
    ),
    Point(
        behaviour="`memberOf` shows every direct group",
        why_not="put a canary into a group with hidden membership by hand, assign it, and provision on demand",
    ),
    Point(
        behaviour="roles held through a role-assignable group",
        why_not="needs a role-assignable group with a guest in it, made by hand",
    ),
    Point(
        behaviour="an update of a partner's `automaticUserConsentSettings`",
        why_not="note what Graph shows of both partners, run `setup --undo` on both sides, and compare",
    ),
    Point(
        behaviour="a second `PUT` of `identitySynchronization`",
        why_not="nothing of ours sends it; Graph's answer to a hand-made one shows it",
    ),
    Point(
        behaviour="`PATCH /applications(uniqueName=",
        why_not="`setup source` in a tenant of such a cloud shows it",
    ),
    Point(
        behaviour="an application with a name of a deleted one",
        why_not="`setup source` after a `setup source --undo` shows it",
    ),
    Point(
        behaviour="`allowInvitesFrom: none` refuses",
        why_not="restrict invitations by hand, one step after the other, and provision a person on demand at each",
    ),
    Point(
        behaviour="the licence that automatic redemption needs",
        why_not="the doctor's findings in this report show it: no warning in a source that has the licence",
    ),
)
