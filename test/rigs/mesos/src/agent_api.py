"""What the executor stand-ins share: an executor's side of the v1 executor API, in JSON over HTTP."""
import base64, http.client, json, os, sys, threading, time, uuid

E = os.environ
SANDBOX = E.get('MESOS_SANDBOX') or E.get('MESOS_DIRECTORY') or '.'
HEADERS = {'Content-Type': 'application/json', 'Accept': 'application/json'}
TERMINAL = ('TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED')
GRACE = 3  # seconds between SIGTERM and SIGKILL where neither task nor KILL say


def say(*words):
    print('executor:', *words, file=sys.stderr, flush=True)


def seconds(duration, default):
    return duration['nanoseconds'] / 1e9 if duration and 'nanoseconds' in duration else default


def grace_of(kill, task):
    """The kill policy of the call goes before that of the task."""
    own = seconds(task.get('kill_policy', {}).get('grace_period'), GRACE)
    return seconds(kill.get('kill_policy', {}).get('grace_period'), own)


def how_it_ended(status):
    """Mesos's sentence about a status of wait(2)."""
    if os.WIFEXITED(status):
        return f'Command exited with status {os.WEXITSTATUS(status)}'
    import signal
    return f'Command terminated with signal {signal.strsignal(os.WTERMSIG(status))}'


class Agent:
    """Updates go out until they are acknowledged; those that are not, and tasks of which none is, are told again
    when the agent has been away."""

    def __init__(self):
        self.framework = {}
        self.container_id = None
        self._id = {'framework_id': {'value': E['MESOS_FRAMEWORK_ID']}, 'executor_id': {'value': E['MESOS_EXECUTOR_ID']}}
        self._lock = threading.Lock()
        self._updates, self._tasks, self._states = {}, {}, {}

    def knows(self, capability):
        """Whether the framework does."""
        return any(c.get('type') == capability for c in self.framework.get('capabilities', []))

    def took(self, task):
        """It runs, or is about to."""
        with self._lock:
            self._tasks[task['task_id']['value']] = task

    def owes(self):
        """Whether the end of a task has not been acknowledged."""
        with self._lock:
            return any(self._states[u] in TERMINAL for u in self._updates)

    def is_end(self, acknowledged):
        """Whether it was the end of a task that has been acknowledged."""
        return self._states.get(acknowledged['uuid']) in TERMINAL

    def post(self, path, call):
        """Status and body; raises OSError or HTTPException when the agent is away."""
        c = http.client.HTTPConnection(E['MESOS_AGENT_ENDPOINT'], timeout=10 if path.endswith('executor') else None)
        try:
            c.request('POST', '/slave(1)' + path, json.dumps(call), HEADERS)
            r = c.getresponse()
            return r.status, r.read()
        finally:
            c.close()

    def update(self, task_id, state, message=None, **more):
        u = base64.b64encode(uuid.uuid4().bytes).decode()
        status = dict(more, task_id={'value': task_id}, state=state, source='SOURCE_EXECUTOR',
                      executor_id=self._id['executor_id'], timestamp=time.time(), uuid=u)
        if message: status['message'] = message
        with self._lock:
            self._updates[u] = {'status': status}
            self._states[u] = state
        while True:  # an agent that has just restarted may refuse what it does not find in the resubscription either
            try:
                code, body = self.post('/api/v1/executor', dict(self._id, type='UPDATE', update={'status': status}))
                if code == 202: return
                say('agent said', code, body)
            except (OSError, http.client.HTTPException) as e: say('update not sent yet:', e)
            time.sleep(.5)
            with self._lock:
                if u not in self._updates: return

    def follow(self, on_event, on_lost):
        """Subscribes, again and again, and hands every event on; `on_lost` when the agent stays away."""
        for fd, name in ((1, 'stdout'), (2, 'stderr')):  # a "local" agent leaves these to its own log
            f = os.open(os.path.join(SANDBOX, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.dup2(f, fd)
            os.close(f)
        print('Subscribing executor', E['MESOS_EXECUTOR_ID'], flush=True)
        end = time.time() + 15
        while True:
            since = time.time()
            try: self._subscribe(on_event)
            except (OSError, http.client.HTTPException):
                if time.time() - since > 1: end = time.time() + (900 if E.get('MESOS_CHECKPOINT') == '1' else 5)
                if time.time() > end: on_lost()
                time.sleep(.3)

    def _subscribe(self, on_event):
        with self._lock:
            subscribe = {'unacknowledged_updates': list(self._updates.values()), 'unacknowledged_tasks': list(self._tasks.values())}
        c = http.client.HTTPConnection(E['MESOS_AGENT_ENDPOINT'])
        c.request('POST', '/slave(1)/api/v1/executor', json.dumps(dict(self._id, type='SUBSCRIBE', subscribe=subscribe)), HEADERS)
        r = c.getresponse()
        if r.status != 200: raise OSError(f'{r.status} {r.read()}')
        while True:
            size = b''
            while not size.endswith(b'\n'): size += self._read(r, 1)
            event = json.loads(self._read(r, int(size)))
            kind = event.get('type')
            if kind == 'SUBSCRIBED':
                self.framework, self.container_id = event['subscribed'].get('framework_info', {}), event['subscribed'].get('container_id')
            elif kind == 'ACKNOWLEDGED':
                with self._lock:
                    self._updates.pop(event['acknowledged']['uuid'], None)
                    self._tasks.pop(event['acknowledged']['task_id']['value'], None)
            on_event(event)

    @staticmethod
    def _read(response, size):
        data = b''
        while len(data) < size:
            more = response.read(size - len(data))
            if not more: raise OSError('stream closed')
            data += more
        return data
