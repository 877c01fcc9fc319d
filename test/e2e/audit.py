"""Who wrote what, from the API server's audit log (one JSON object a line)."""

import json
import threading
import time
import urllib.parse


class Write:
    """One write request that was answered."""

    def __init__(self, record):
        ref = record.get("objectRef", {})
        self.user = record["user"]["username"]
        self.verb = record["verb"]
        self.namespace = ref.get("namespace", "")
        self.name = ref.get("name", "")
        self.resource = ref.get("resource", "")
        if "subresource" in ref:
            self.resource += "/" + ref["subresource"]
        self.code = record.get("responseStatus", {}).get("code", 0)
        query = urllib.parse.urlsplit(record["requestURI"]).query
        self.dry_run = "dryRun=" in query

    def __str__(self):
        dry = " (dry run)" if self.dry_run else ""
        return f"{self.user} {self.verb} {self.resource} {self.name}: {self.code}{dry}"


class AuditLog:
    """The log is read as far as it has grown; each namespace's writes are kept apart."""

    def __init__(self, path):
        self.file = open(path, encoding="utf-8")
        self.lock = threading.Lock()
        self.rest = ""
        self.seen = set()
        self.by_namespace = {}

    def _read(self):
        self.rest += self.file.read()
        *lines, self.rest = self.rest.split("\n")
        for line in lines:
            record = json.loads(line)
            self.seen.add(record["auditID"])
            write = Write(record)
            self.by_namespace.setdefault(write.namespace, []).append(write)

    def wait_for(self, audit_id, seconds=10):
        """Until the request with this id is in the log: then all that was answered
        before it was sent is there too."""
        deadline = time.monotonic() + seconds
        while True:
            with self.lock:
                self._read()
                if audit_id in self.seen:
                    return
            if time.monotonic() > deadline:
                raise TimeoutError(f"request {audit_id} is not in the audit log")
            time.sleep(0.02)

    def writes(self, namespace, start=0):
        """All writes in a namespace so far, from the start-th on."""
        with self.lock:
            self._read()
            return self.by_namespace.get(namespace, [])[start:]
