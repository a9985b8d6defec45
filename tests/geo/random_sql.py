"""Queries at random, some of which read the folder ``dir``: much of SQL's grammar, and disorder."""

from random import Random

TABLES = ["fleet"] * 6 + ["dir", '"dir"', "'dir'", "c1", "c2", "fleet x", "fleet x(a, b)"]
TABLES += ["dir x", "generate_series(1, 2)", "unnest([1])"]
JOINS = ["join", "left join", "cross join", "natural join", "full outer join", "left semi join"]
VALUES = ["a", "b", "1", "'x'", "fleet.a", "null", '"a"', "count(*)", "is"]
DISORDER = ["dir", "from", "from dir", ", dir", "join dir", "/* x */", "-- c\n", "(", ")", "where"]
DISORDER += [
    "distinct",
    "as",
    "lateral",
    "select",
    "with",
    "for update",
    "window w as (order by a)",
]
DISORDER += ["filter (where true)", "cross apply", "union", "only", "on", "using", "asof join"]
DISORDER += ["sort by a", "cluster by a", "top 1", "tablesample (10)", "pivot", "unpivot", "at"]


class Queries:
    """Makes queries, nested up to a depth."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def next(self) -> str:
        words = self.query(3).split(" ")
        if self.random.random() < 0.3:
            words.insert(self.random.randrange(len(words)), self.random.choice(DISORDER))
        return " ".join(words)

    def query(self, depth: int) -> str:
        kinds = [self.select] * 12
        if depth > 0:
            kinds += [self.bracketed, self.with_ctes, self.together, self.values]
        return self.random.choice(kinds)(depth - 1)

    def bracketed(self, depth: int) -> str:
        return f"({self.query(depth)})"

    def with_ctes(self, depth: int) -> str:
        second = self.random.choice(["", f", c2(a, b) as ({self.query(depth)})"])
        return f"with c1 as ({self.query(depth)}){second} {self.query(depth)}"

    def together(self, depth: int) -> str:
        how = self.random.choice(["union", "union all", "except", "intersect"])
        return f"{self.query(depth)} {how} {self.query(depth)}"

    def values(self, depth: int) -> str:
        return f"values ({self.value(depth)}), ({self.value(depth)})"

    def select(self, depth: int) -> str:
        parts = ["select", self.random.choice(["", "distinct", "all"])]
        parts.append(self.random.choice(["*", self.value(depth), f"{self.value(depth)} as z"]))
        for chance, clause in (
            (0.85, f"from {self.table(depth)}"),
            (0.15, f", {self.table(depth)}"),
            (0.3, f"where {self.value(depth)}"),
            (0.15, f"group by {self.value(depth)}"),
            (0.1, f"having {self.value(depth)}"),
            (0.15, f"order by {self.value(depth)}, {self.value(depth)}"),
            (0.1, "limit 1"),
        ):
            if self.random.random() < chance:
                parts.append(clause)
        return " ".join(filter(None, parts))

    def table(self, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.5:
            return self.random.choice(TABLES)
        join = self.random.choice(JOINS)
        one, other = self.table(depth - 1), self.table(depth - 1)
        on = f"on {self.value(depth - 1)}"
        kinds = [f"({self.query(depth - 1)}) q", f"({one})", f"({one} {join} {other} {on})"]
        kinds += [f"{one} {join} {other} {on}", f"{one} {join} {other} using (a)"]
        kinds += [f"lateral ({self.query(depth - 1)}) l", f"{one}, {other}"]
        return self.random.choice(kinds)

    def value(self, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.4:
            return self.random.choice(VALUES)
        one, other = self.value(depth - 1), self.value(depth - 1)
        inner = self.query(depth - 1)
        kinds = [
            f"({inner})",
            f"({one})",
            f"abs({one})",
            f"{one} in ({inner})",
            f"[{one}, {other}]",
        ]
        kinds += [f"exists ({inner})", f"{one} is distinct from {other}", f"{one} = {other}"]
        kinds += [f"case when {one} then {other} end", f"extract(year from {one})"]
        kinds += [f"trim(both 'x' from {one})", f"sum({one}) over (order by {other})"]
        return self.random.choice(kinds)
