"""Leads the generated requests past the front door: most of them are about a few jobs that exist, with schedules and
commands that are valid, so that what lies behind the first check is reached as well."""

import schemathesis

JOBS = ["fuzz.a", "fuzz.b"]
SCHEDULES = ["nightly", "weekly"]
CRONS = ["* * * * *", "0 2 * * MON-FRI", "*/7 3 1,L * *", "0 0 29 2 *", "30 2 * * * 2020"]
ZONES = ["UTC", "Europe/Rome", "America/New_York", "Asia/Kathmandu"]
RUN = {"cpus": 0.1, "mem": 32, "disk": 0, "cmd": "true"}


def pick(names, context):
    return names[context % len(names)]


def tame_schedule(schedule, turn):
    if not isinstance(schedule, dict):
        return
    schedule["id"] = pick(SCHEDULES, turn)
    schedule["cron"] = pick(CRONS, turn // 3)
    schedule["timezone"] = pick(ZONES, turn // 5)
    if isinstance(schedule.get("startingDeadlineSeconds"), int):
        schedule["startingDeadlineSeconds"] = max(60, schedule["startingDeadlineSeconds"])


def tame_job(body, turn):
    body["id"] = pick(JOBS, turn)
    body.pop("dependencies", None)
    schedules = body.get("schedules")
    if isinstance(schedules, list):
        body["schedules"] = [one for one in schedules[:2] if isinstance(one, dict)]
        for index, one in enumerate(body["schedules"]):
            tame_schedule(one, turn + index)
    run = body.get("run")
    if not isinstance(run, dict) or turn % 2 == 0:
        body["run"] = RUN
    else:
        body["run"] = {**run, **RUN}
        for name in ("secrets", "networks", "env", "volumes", "docker"):
            body["run"].pop(name, None)


turns = 0


@schemathesis.hook
def before_call(context, case, **kwargs):
    global turns
    turns += 1
    if turns % 4 == 0:
        return
    path = case.path_parameters
    if isinstance(path, dict):
        if "jobId" in path:
            path["jobId"] = pick(JOBS, turns)
        if "scheduleId" in path:
            path["scheduleId"] = pick(SCHEDULES, turns // 2)
    if isinstance(case.body, dict):
        if "run" in case.body or case.operation.path.endswith(("/jobs", "/jobs/{jobId}", "scheduled-jobs")):
            tame_job(case.body, turns)
        elif "cron" in case.body:
            tame_schedule(case.body, turns)
        if isinstance(path, dict) and case.method.upper() == "PUT":
            case.body["id"] = path.get("scheduleId", path.get("jobId", case.body.get("id")))
    if isinstance(case.query, dict) and "cron" in case.query:
        case.query["cron"] = pick(CRONS, turns)
        case.query["timezone"] = pick(ZONES, turns // 2)
