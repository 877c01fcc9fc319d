"""What a process used, from /proc, and what it wrote, from the API server's audit log."""

import collections
import datetime
import json
import os

TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """A running process. Its peak of memory can be counted anew, where the kernel lets us."""

    def __init__(self, pid):
        self.folder = f"/proc/{pid}"

    def cpu_seconds(self):
        """User plus system time of all threads, in hundredths."""
        with open(self.folder + "/stat", encoding="utf-8") as file:
            # The command's name, in parentheses, may hold spaces.
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        """KiB: the highest resident set so far, and what of the present one is
        anonymous, which the process does not share with others."""
        with open(self.folder + "/status", encoding="utf-8") as file:
            values = dict(line.split(":", 1) for line in file)
        return {key: int(values[field].split()[0]) for key, field in
                (("peak_kib", "VmHWM"), ("rss_kib", "VmRSS"), ("anon_kib", "RssAnon"))}

    def reset_peak(self):
        with open(self.folder + "/clear_refs", "w", encoding="utf-8") as file:
            file.write("5")


class Tally:
    """The writes of one user, as the audit log grows."""

    def __init__(self, path, user):
        self.file = open(path, encoding="utf-8")
        self.user = user
        self.rest = ""
        self.clear()

    def clear(self):
        """Forgets what was written up to now."""
        self._lines()
        self.counts = collections.Counter()
        self.refused = collections.Counter()
        self.last = None  # when the latest write was answered, seconds since the epoch

    def _lines(self):
        self.rest += self.file.read()
        *lines, self.rest = self.rest.split("\n")
        return lines

    def read(self):
        """Counts what has been added to the log; returns how many writes are in sum."""
        for line in self._lines():
            record = json.loads(line)
            if record["user"]["username"] != self.user:
                continue
            self._count(record)
        return sum(self.counts.values()) + sum(self.refused.values())

    def _count(self, record):
        ref = record.get("objectRef", {})
        what = record["verb"] + " " + "/".join(
            ref[key] for key in ("resource", "subresource") if key in ref)
        code = record.get("responseStatus", {}).get("code", 0)
        if 200 <= code < 300:
            self.counts[what] += 1
        else:
            self.refused[f"{what}: {code}"] += 1
        answered = datetime.datetime.fromisoformat(
            record["stageTimestamp"].replace("Z", "+00:00"))
        self.last = max(self.last or 0, answered.timestamp())
