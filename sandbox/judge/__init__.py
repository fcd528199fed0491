"""The judge: compares source and target by rules of its own, never by what the engine says.

Nothing here imports the engine; the mapping and the rules of scope, matching and removal are written down a second
time on purpose. All of it is pure: directories in, a judgement out.
"""

from sandbox.judge.case import Adoption, Case, Rules
from sandbox.judge.directory import Assignment, Directory, User, read_directory, read_user
from sandbox.judge.disagreement import Disagreement, Kind
from sandbox.judge.expectation import Due, Expectation, Reason, expectations
from sandbox.judge.history import History, Pair
from sandbox.judge.judgement import Closing, ExceptionEntry, Judgement, judge
from sandbox.judge.membership import Membership, read_filter
from sandbox.judge.scope import Scope, ScopeKind, people_in_scope, read_scope

__all__ = [
    "Adoption",
    "Assignment",
    "Case",
    "Closing",
    "Directory",
    "Disagreement",
    "Due",
    "ExceptionEntry",
    "Expectation",
    "History",
    "Judgement",
    "Kind",
    "Membership",
    "Pair",
    "Reason",
    "Rules",
    "Scope",
    "ScopeKind",
    "User",
    "expectations",
    "judge",
    "people_in_scope",
    "read_directory",
    "read_filter",
    "read_scope",
    "read_user",
]
