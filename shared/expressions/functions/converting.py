"""Which functions give a value another form: text, Base64, hexadecimal, the parts of a name?"""

import base64
import re
import struct
from typing import Final

from shared.expressions import values
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.values import Unfit, Value

ENCODINGS: Final = {"Unicode": "utf-16-le", "ASCII": "ascii", "UTF8": "utf-8"}
_SOURCE: Final = Parameter(name="source", absent=Absent.NULL_RESULT)
_COMPONENT: Final = re.compile(r"(?:[^,\\]|\\.)+", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\([0-9A-Fa-f]{2}|.)", re.DOTALL)


def _same(value: Value) -> Value:
    return value


def _to_base64(source: str) -> str:
    return base64.b64encode(_whole(source).encode("utf-16-le")).decode("ascii")


def _to_utf8_hex(source: str) -> str:
    return _whole(source).encode().hex().upper()


def _whole(text: str) -> str:
    """Half of a pair of surrogates is no character; .NET writes U+FFFD for it."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _from_base64(source: str, encoding: str | None) -> str:
    octets = values.octets(source) or b""
    return octets.decode(ENCODINGS[encoding or "Unicode"], "replace")


def _string_from_sid(sid: Value) -> str | None:
    """Bytes as [MS-DTYP] 2.4.2.2 lays them out; a text that is a SID already stays."""
    if isinstance(sid, str) and sid.startswith("S-1-"):
        return sid
    octets = values.octets(sid)
    if octets is None:
        return None
    if len(octets) < 8 or octets[0] != 1 or len(octets) != 8 + 4 * octets[1]:
        raise Unfit("the bytes are no security identifier")
    authority = int.from_bytes(octets[2:8], "big")
    return "-".join(("S-1", str(authority), *map(str, struct.unpack(f"<{octets[1]}I", octets[8:]))))


def _dn_component(name: str, number: int) -> str | None:
    if number < 1:
        raise Unfit("the first component has number 1")
    components = _COMPONENT.findall(name)
    if number > len(components):
        return None
    value = components[number - 1].partition("=")[2].strip()
    return _ESCAPED.sub(_unescaped, value)


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if len(escape[1]) == 2 else escape[1]


FUNCTIONS: Final = (
    Function(
        name="CStr",
        description="The value as a text.",
        parameters=(Parameter(name="value", absent=Absent.NULL_RESULT),),
        apply=_same,
    ),
    Function(
        name="CRef",
        description="The value as a reference, which here is a text.",
        parameters=(Parameter(name="value", absent=Absent.NULL_RESULT),),
        apply=_same,
    ),
    Function(
        name="ConvertToBase64",
        description="The Base64 of a text in UTF-16.",
        parameters=(_SOURCE,),
        apply=_to_base64,
    ),
    Function(
        name="ConvertFromBase64",
        description="The text that a Base64 holds, in UTF-16 or the encoding named.",
        parameters=(
            _SOURCE,
            Parameter(
                name="Encoding",
                kind=Kind.WORD,
                words=tuple(ENCODINGS),
                required=False,
                absent=Absent.PASSED_ON,
            ),
        ),
        apply=_from_base64,
    ),
    Function(
        name="ConvertToUTF8Hex",
        description="The bytes of a text in UTF-8, each as two hexadecimal digits.",
        parameters=(_SOURCE,),
        apply=_to_utf8_hex,
    ),
    Function(
        name="StringFromSid",
        description="A security identifier as S-1-...; the bytes may come in Base64.",
        parameters=(Parameter(name="ObjectSID", kind=Kind.ANY, type="Binary", absent=Absent.NULL_RESULT),),
        apply=_string_from_sid,
    ),
    Function(
        name="DNComponent",
        description="The value of a component of a distinguished name, counted from 1 on the left.",
        parameters=(
            Parameter(name="dn", type="Reference", absent=Absent.NULL_RESULT),
            Parameter(name="ComponentNumber", kind=Kind.WHOLE_NUMBER, type="Integer"),
        ),
        apply=_dn_component,
    ),
)
