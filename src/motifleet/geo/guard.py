"""What a user's SQL may do: read the tables that it was given, and nothing else.

SedonaDB resolves a table name that it does not know as a file, a folder or an address, and has
statements that write. So a query is looked at before SedonaDB sees it: one statement that begins
with SELECT, WITH or VALUES; in every place of a table a name that is allowed or a CTE of the query;
no function that opens files. What is refused is refused by its tokens, and anything that could be
read in two ways is refused. :func:`check_plan` then looks at what SedonaDB made of it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from motifleet.errors import QueryError

_TOKEN: Final = re.compile(
    r"""(?P<space>[^\S\r]+|--[^\r\n]*(?=\n|\Z))
      | (?P<comment>/\*(?:(?!/\*|\*/).)*\*/)
      | (?P<refused>[A-Za-z_&]+'|`|/\*|\r)
      | (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)
      | (?P<word>[^\W\d]\w*)
      | (?P<sign>[-+*/%=<>!|&^~?:.,;()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_LEAVES_FROM: Final = re.compile(
    "WHERE|GROUP|HAVING|ORDER|LIMIT|OFFSET|FETCH|WINDOW|QUALIFY|UNION|INTERSECT|EXCEPT|SELECT|"
    "SORT|CLUSTER|DISTRIBUTE"
)
_REFUSED: Final = re.compile("INTO|TABLE|COPY|INSERT|UPDATE|DELETE|CREATE|DROP|MERGE|RECURSIVE")
_TABLE_FUNCTIONS: Final = frozenset(("generate_series", "range", "unnest"))
# In a plan: a table that was given from memory, and functions that make rows.
_NOT_READ: Final = ("?table?", "generate_series()", "range()")
_BEGINS: Final = ("SELECT", "WITH", "VALUES")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def upper(self) -> str:
        """The word as a keyword; nothing that is quoted is one."""
        return self.text.upper() if self.kind in ("word", "sign") else ""

    @property
    def name(self) -> str:
        """The name that it stands for, as SedonaDB reads names."""
        if self.kind == "quoted":
            return self.text[1:-1].replace('""', '"')
        return self.text.lower()


def tables_of(query: str, allowed: Collection[str]) -> set[str]:
    """The tables that a query reads.

    Args:
        query: one statement.
        allowed: the tables that there are.

    Raises:
        QueryError: the query would do something else than read these tables.

    >>> sorted(tables_of("select * from trips t join states on true", ["trips", "states", "x"]))
    ['states', 'trips']
    """
    tokens = _tokens(query)
    if not tokens or tokens[0].upper not in _BEGINS:
        raise QueryError(
            "expected a query that begins with SELECT, WITH or VALUES, got "
            f"{tokens[0].text if tokens else 'nothing'!r}: queries only read"
        )
    for token, after in zip(tokens, [*tokens[1:], _END], strict=True):
        _check_token(token, after)
    walk = _Walk(tokens, frozenset(allowed), _ctes(tokens))
    walk.go()
    return walk.found


def check_plan(plan: str, allowed: Collection[str]) -> None:
    """Refuse a plan that reads anything but the tables.

    Raises:
        QueryError: it does.
    """
    scanned = set(re.findall(r"TableScan: (\S+)", plan)) - {*allowed, *_NOT_READ}
    if scanned or "file_groups=" in plan or re.search(r"^\s*(CopyTo|Dml|Create|Drop)", plan, re.M):
        raise QueryError(_only(allowed, min(scanned, default="a file")))


_END: Final = _Token("end", "")


def _tokens(query: str) -> list[_Token]:
    tokens, at = [], 0
    text = query.strip().removesuffix(";")
    while at < len(text):
        found = _TOKEN.match(text, at)
        kind = found.lastgroup if found else None
        if found is None or kind is None or kind == "refused":
            raise QueryError(
                f"expected plain SQL, got {text[at : at + 20]!r}, which is not allowed"
            )
        if kind not in ("space", "comment"):
            tokens.append(_Token(kind, found[0]))
        at = found.end()
    return tokens


def _check_token(token: _Token, after: _Token) -> None:
    if token.upper == ";":
        raise QueryError("expected one statement, got several")
    if _REFUSED.fullmatch(token.upper):
        raise QueryError(f"{token.text!r} is not allowed: queries only read")
    if after.upper == "(" and token.name.startswith(("rs_", "sd_", "read_")):
        raise QueryError(f"the function {token.name!r} is not allowed: it can read files")


def _ctes(tokens: list[_Token]) -> frozenset[str]:
    """Names before AS ( or (columns) AS (: those of the query's WITH."""
    names = set()
    for place, token in enumerate(tokens):
        if token.upper == "AS" and place and place + 1 < len(tokens):
            before = place - 1
            if tokens[before].upper == ")":
                while before > 0 and tokens[before].upper != "(":
                    before -= 1
                before -= 1
            follows = [each.upper for each in tokens[place + 1 : place + 4]]
            if "(" in follows and re.fullmatch(r"[a-z_]\w*", tokens[before].name):
                names.add(tokens[before].name)
    return frozenset(names)


@dataclass(slots=True)
class _Walk:
    """Goes through the tokens and knows where a table is meant."""

    tokens: list[_Token]
    allowed: frozenset[str]
    ctes: frozenset[str]
    found: set[str] = field(default_factory=set)
    # For each bracket that is open: is it a query, are we in its FROM, is a table to come?
    levels: list[list[bool]] = field(default_factory=lambda: [[True, False, False]])

    def go(self) -> None:
        for place, token in enumerate(self.tokens):
            self._take(place, token)

    def _take(self, place: int, token: _Token) -> None:
        level = self.levels[-1]
        query, inside, expected = level
        if token.upper == "(":
            self._open(place, expected)
        elif token.upper == ")":
            if len(self.levels) == 1:
                raise QueryError("expected balanced brackets")
            self.levels.pop()
        elif expected and token.upper != "LATERAL":
            self._table(place, token)
            level[2] = False
        elif token.upper == "JOIN" or (token.upper == "FROM" and query):
            # IS DISTINCT FROM is taken for a FROM as well: "is" may be a column's name.
            level[1:] = [True, True]
        elif token.upper == "," and inside:
            level[2] = True
        elif _LEAVES_FROM.fullmatch(token.upper):
            level[:] = [query or token.upper == "SELECT", False, False]

    def _open(self, place: int, expected: bool) -> None:
        """A bracket: a query, a join in brackets where a table is to come, or arguments."""
        after = self.tokens[place + 1].upper if place + 1 < len(self.tokens) else ""
        if after == "FROM":
            raise QueryError("expected SELECT before FROM")
        query = after in _BEGINS
        self.levels[-1][2] = False
        self.levels.append([query or expected, expected and not query, expected and not query])
        if after == "(" and not expected:
            self.levels[-1][0] = True

    def _table(self, place: int, token: _Token) -> None:
        after = self.tokens[place + 1].upper if place + 1 < len(self.tokens) else ""
        if token.kind == "word" and after == "(" and token.name in _TABLE_FUNCTIONS:
            return
        known = self.allowed | self.ctes
        if token.kind not in ("word", "quoted") or token.name not in known or after in (".", "("):
            text = token.text + (after if after == "(" else "")
            raise QueryError(_only(self.allowed, text))
        if token.name in self.allowed:
            self.found.add(token.name)


def _only(allowed: Collection[str], what: str) -> str:
    names = ", ".join(sorted(allowed)) or "none"
    return f"expected a table to read from, got {what}: there are {names}"
