"""Leads the generated requests past the front door: most of them are about a few jobs that exist, with schedules and
commands that are valid, so that what lies behind the first check is reached as well."""

import json

import schemathesis

JOBS = ["fuzz.a", "fuzz.b"]
SCHEDULES = ["nightly", "weekly"]
CRONS = ["* * * * *", "0 2 * * MON-FRI", "*/7 3 1,L * *", "0 0 29 2 *", "30 2 * * * 2020"]
OTHERS = [
    {"interval": "R/2030-01-01T00:00:00Z/PT1H"},
    {"rrule": "DTSTART:20300101T090000\nRRULE:FREQ=MONTHLY;BYDAY=2TU"},
    {"at": "2030-06-01T12:00:00Z"},
]
ZONES = ["UTC", "Europe/Rome", "America/New_York", "Asia/Kathmandu"]
RUN = {"cpus": 0.1, "mem": 32, "disk": 0, "cmd": "true"}


def pick(names, context):
    return names[context % len(names)]


def tame_schedule(schedule, turn, own):
    if not isinstance(schedule, dict):
        return
    schedule["id"] = pick(SCHEDULES, turn)
    for kind in ("cron", "interval", "rrule", "at"):
        schedule.pop(kind, None)
    if turn % 3 == 0 and own:
        schedule.update(pick(OTHERS, turn // 3))
    else:
        schedule["cron"] = pick(CRONS, turn // 3)
    schedule["timezone"] = pick(ZONES, turn // 5)
    if isinstance(schedule.get("startingDeadlineSeconds"), int):
        schedule["startingDeadlineSeconds"] = max(60, schedule["startingDeadlineSeconds"])


def tame_job(body, turn, own):
    body["id"] = pick(JOBS, turn)
    body.pop("dependencies", None)
    schedules = body.get("schedules")
    if isinstance(schedules, list):
        body["schedules"] = [one for one in schedules[:2] if isinstance(one, dict)]
        for index, one in enumerate(body["schedules"]):
            tame_schedule(one, turn + index, own)
    run = body.get("run")
    if not isinstance(run, dict) or turn % 2 == 0:
        body["run"] = RUN
    else:
        body["run"] = {**run, **RUN}
        for name in ("secrets", "networks", "env", "volumes", "docker"):
            body["run"].pop(name, None)


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    return value if isinstance(value, (bytes, str)) else json.dumps(value)


turns = 0


@schemathesis.hook
def before_call(context, case, **kwargs):
    global turns
    turns += 1
    if turns % 4 == 0:
        return
    own = case.operation.path.startswith("/v2")
    path = case.path_parameters
    if isinstance(path, dict):
        if "jobId" in path:
            path["jobId"] = pick(JOBS, turns)
        if "scheduleId" in path:
            path["scheduleId"] = pick(SCHEDULES, turns // 2)
        if "revision" in path:
            path["revision"] = 1 + turns % 5
    if isinstance(case.body, dict):
        if "run" in case.body or case.operation.path.endswith(("/jobs", "/jobs/{jobId}", "scheduled-jobs")):
            tame_job(case.body, turns, own)
        elif isinstance(case.body.get("jobs"), list):
            for index, job in enumerate(case.body["jobs"]):
                if isinstance(job, dict):
                    tame_job(job, turns + index, own)
        elif case.operation.path.endswith(("/schedules", "/schedules/{scheduleId}")):
            tame_schedule(case.body, turns, own)
        elif case.operation.path.endswith("/runs"):
            case.body.pop("parameters", None)
        if isinstance(path, dict) and case.method.upper() == "PUT":
            case.body["id"] = path.get("scheduleId", path.get("jobId", case.body.get("id")))
    if case.media_type == "application/x-ndjson":
        case.body = "\n".join(json.dumps({"id": name, "run": RUN}) for name in JOBS[: 1 + turns % 2])
    if isinstance(case.query, dict) and case.operation.path.endswith("/preview"):
        for kind in ("cron", "interval", "rrule", "at"):
            case.query.pop(kind, None)
        case.query.update(pick([{"cron": pick(CRONS, turns)}, *OTHERS], turns))
        case.query["timezone"] = pick(ZONES, turns // 2)
