"""Visits of one device to one fence, report by report."""

Visit = dict[str, float | bool | None]


def visits(times: list[float], inside: list[bool], max_gap: float) -> list[Visit]:
    found: list[Visit] = []
    open_visit: Visit | None = None
    for i, (time, is_in) in enumerate(zip(times, inside, strict=True)):
        heard = i > 0 and time - times[i - 1] <= max_gap
        if open_visit is not None and not heard:
            open_visit = None
        if is_in and open_visit is None:
            entered = heard and not inside[i - 1]
            open_visit = {"first": time, "entered": entered, "left": None}
            open_visit |= {"last": time, "reports": 0, "dwell": 0.0}
            found.append(open_visit)
        if open_visit is None:
            continue
        first = float(open_visit["first"] or 0)
        open_visit["dwell"] = time - first
        if is_in:
            open_visit["last"] = time
            open_visit["reports"] = int(open_visit["reports"] or 0) + 1
        else:
            open_visit["left"] = time
            open_visit = None
    return found
