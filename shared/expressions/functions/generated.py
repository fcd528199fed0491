"""Which functions make something new each time? Chance comes from the environment."""

from collections.abc import Sequence
from typing import Final

from shared.expressions.arguments import reader
from shared.expressions.call_site import CallSite, Evaluation, Frame
from shared.expressions.environment import Environment
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.values import Unfit

LONGEST_RANDOM: Final = 256
# https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/password-must-meet-complexity-requirements
_CLASSES: Final = (
    "0123456789",
    "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "abcdefghijklmnopqrstuvwxyz",
)
_ORDINARY: Final = (0, 2, 3)
"""Digits and letters: what a text consists of where no class has a minimum."""


def _guid(_site: CallSite) -> Evaluation:
    return lambda frame: frame.environment.new_guid()


def _random_string(site: CallSite) -> Evaluation:
    readers = [reader(site, index, parameter) for index, parameter in enumerate(_PARAMETERS)]

    def evaluate(frame: Frame) -> str:
        length, *minimums, avoided = (read(frame) for read in readers)
        counts = [count for count in minimums if isinstance(count, int)]
        return _made(length if isinstance(length, int) else 0, counts, str(avoided or ""), frame.environment)

    return evaluate


def _made(length: int, minimums: Sequence[int], avoided: str, environment: Environment) -> str:
    """Minimums first, then more of the classes that have one, then all of it in another order."""
    if min(minimums) < 0 or length < sum(minimums) or not 1 <= length <= LONGEST_RANDOM:
        raise Unfit(f"Length is at least the sum of the minimums, 1 to {LONGEST_RANDOM}, and no minimum is below 0")
    classes = ["".join(character for character in all_of if character not in avoided) for all_of in _CLASSES]
    wanted = [index for index, minimum in enumerate(minimums) if minimum] or list(_ORDINARY)
    if not all(classes[index] for index in wanted):
        raise Unfit("CharactersToAvoid leaves nothing of a kind that is needed")
    pools = [classes[index] for index, minimum in enumerate(minimums) for _ in range(minimum)]
    pools += ["".join(classes[index] for index in wanted)] * (length - len(pools))
    return "".join(_shuffled([pool[environment.random(len(pool))] for pool in pools], environment))


def _shuffled(characters: list[str], environment: Environment) -> list[str]:
    for last in range(len(characters) - 1, 0, -1):
        other = environment.random(last + 1)
        characters[last], characters[other] = characters[other], characters[last]
    return characters


_PARAMETERS: Final = (
    *(
        Parameter(name=name, kind=Kind.WHOLE_NUMBER, type="Integer")
        for name in (
            *("Length", "MinimumNumbers", "MinimumSpecialCharacters"),
            *("MinimumCapital", "MinimumLowerCase"),
        )
    ),
    Parameter(name="CharactersToAvoid", required=False, absent=Absent.PASSED_ON),
)
FUNCTIONS: Final = (
    Function(name="Guid", description="A new GUID.", build=_guid, is_volatile=True),
    Function(
        name="RandomString",
        description="Random characters with at least so many digits, special characters, capitals and small letters.",
        parameters=_PARAMETERS,
        build=_random_string,
        is_volatile=True,
    ),
)
