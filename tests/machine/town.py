"""Who is there before anything happens: a small town in the source, a few people and guests in the target?"""

from sandbox.scenarios.scenario import Scenario
from tests.engine.small_world import Document, assignment, employee, group, guest, person, small_world

CITIZENS = ("ada", "bert", "cleo", "dora", "emil", "fay")
GROUPS = ("weavers", "dyers")
STRANGER = "stranger@elsewhere.example"


def citizen(name: str, **changes: object) -> Document:
    """A person who wears a badge that tells them from everybody else, whatever becomes of their names."""
    return person(name, employeeId=name, **changes)


def visitor(name: str) -> Document:
    """A B2B user of the source itself."""
    mail = f"{name}@elsewhere.example"
    principal = f"{name}_elsewhere.example#EXT#@lindenhof.onmicrosoft.com"
    return citizen(name, mail=mail, userPrincipalName=principal, creationType="Invitation")


def town(configuration: Document) -> Scenario:
    """The world of every run: Fay has been a guest of the target for long, Emil's address is held by an older one."""
    groups = (group("weavers", "bert", "cleo", nested=["dyers"]), group("dyers", "dora"))
    source = {
        "groups": groups,
        "app_role_assignments": (assignment("ada"), assignment("fay"), assignment("weavers", "Group")),
    }
    elder = guest("emil", createdDateTime="2019-01-01T00:00:00Z")
    target = {"users": (employee("boss"), guest("stranger", STRANGER), guest("fay"), elder)}
    people = [*(citizen(name) for name in CITIZENS), visitor("visitor")]
    return small_world(people, source=source, target=target, **configuration)
