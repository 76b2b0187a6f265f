"""Answers from croniter and dateutil, one JSON line for each line read.

["next" | "previous", expression, zone, epoch seconds, years to look at] -> epoch seconds, null if there is none, or {"error": ...}
["rrule", text, count]                                 -> the first local times, as yyyy-mm-ddThh:mm:ss
"""

import datetime
import itertools
import json
import sys
import zoneinfo

from croniter import CroniterBadDateError, croniter
from dateutil.rrule import rrulestr


def step(direction, expression, zone, instant, years):
    start = datetime.datetime.fromtimestamp(instant, zoneinfo.ZoneInfo(zone))
    # Both day fields must match, as in Metronome.
    rule = croniter(expression, start, day_or=False, max_years_between_matches=years)
    try:
        found = rule.get_next(float) if direction == "next" else rule.get_prev(float)
    except CroniterBadDateError:
        return None
    return round(found)


def answer(request):
    try:
        if request[0] == "rrule":
            return [found.isoformat() for found in itertools.islice(rrulestr(request[1]), request[2])]
        return step(*request)
    except Exception as error:  # an answer like any other: the caller says what is expected
        return {"error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
