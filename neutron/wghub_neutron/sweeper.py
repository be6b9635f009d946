"""One process of Neutron's that looks after what the agents missed."""

import threading

from neutron_lib import worker
from oslo_log import log

LOG = log.getLogger(__name__)


class Sweeper(worker.BaseWorker):
    def __init__(self, sweep, seconds):
        super().__init__(worker_process_count=1, desc="wghub sweep")
        self._sweep = sweep
        self._seconds = seconds
        self._end = threading.Event()
        self._thread = None

    def start(self, **kwargs):
        super().start(desc="wghub sweep")
        self._thread = threading.Thread(target=self._run, name="wghub-sweep", daemon=True)
        self._thread.start()

    def _run(self):
        try:
            # What Neutron's own processes have done by their first request: some attributes of its models are there only then.
            from sqlalchemy import orm

            orm.configure_mappers()
        except ImportError:
            LOG.warning("sqlalchemy is missing")
        while not self._end.is_set():
            try:
                self._sweep()
            except Exception:  # The database may be away for a while; this goes on.
                LOG.exception("The sweep failed")
            self._end.wait(self._seconds)

    def stop(self):
        self._end.set()

    def wait(self):
        if self._thread:
            self._thread.join(timeout=1)

    def reset(self):
        pass
