"""Runs three tasks through pymesos: one that succeeds, one that fails, one that is killed. A line of JSON per event."""

import json
import sys
import threading

from pymesos import MesosSchedulerDriver, Scheduler

COMMANDS = {
    "good": 'test "$GREETING" = "good morning"',
    "bad": "exit 3",
    "endless": "sleep 600",
}
ENDED = ("TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_ERROR", "TASK_LOST")


def tell(**event):
    print(json.dumps(event), flush=True)


class ThreeTasks(Scheduler):
    def __init__(self):
        self.waiting = dict(COMMANDS)
        self.open = set(COMMANDS)
        self.over = threading.Event()

    def registered(self, driver, framework_id, master_info):
        tell(event="registered", framework=framework_id.value, version=driver.version)

    def resourceOffers(self, driver, offers):
        for offer in offers:
            tasks = [self.task(offer, name, command) for name, command in self.waiting.items()]
            self.waiting = {}
            if tasks:
                driver.launchTasks(offer.id, tasks)
            else:
                driver.declineOffer(offer.id, {"refuse_seconds": 60})
        driver.suppressOffers()

    def task(self, offer, name, command):
        def scalar(resource, value):
            return {"name": resource, "type": "SCALAR", "scalar": {"value": value}}

        return {
            "task_id": {"value": name},
            "agent_id": {"value": offer.agent_id.value},
            "name": name,
            "command": {
                "value": command,
                "environment": {"variables": [{"name": "GREETING", "value": "good morning"}]},
            },
            "resources": [scalar("cpus", 0.1), scalar("mem", 32)],
        }

    def statusUpdate(self, driver, update):
        name = update.task_id.value
        tell(event="status", task=name, state=update.state, message=update.get("message"))
        if name == "endless" and update.state == "TASK_RUNNING":
            driver.reconcileTasks([{"task_id": {"value": "never"}}])
            driver.killTask({"value": name})
        if update.state in ENDED:
            self.open.discard(name)
        if not self.open:
            self.over.set()

    def error(self, driver, message):
        tell(event="error", message=message)
        self.over.set()


def main():
    scheduler = ThreeTasks()
    framework = {"user": "root", "name": "pymesos", "hostname": "localhost", "failover_timeout": 0}
    driver = MesosSchedulerDriver(scheduler, framework, sys.argv[1], use_addict=True)
    driver.start()
    ended = scheduler.over.wait(45)
    tell(event="over", in_time=ended)
    driver.stop()
    driver.join()
    sys.exit(0 if ended else 1)


main()
