"""A watch as a blocking iterator, to see one change come through without polling."""

import http.client
import json
import urllib.parse


class Watch:
    """AgentRuntimes of all namespaces from now on; use as a context."""

    def __init__(self, api, seconds):
        self.api, self.seconds = api, seconds

    def __enter__(self):
        url = self.api.url("AgentRuntime", None)
        page = self.api.request("GET", url, query={"limit": 1})
        query = urllib.parse.urlencode({
            "watch": 1, "timeoutSeconds": self.seconds,
            "resourceVersion": page["metadata"]["resourceVersion"]})
        self.connection = http.client.HTTPSConnection(
            self.api.host, self.api.port, timeout=self.seconds, context=self.api.tls)
        self.connection.request("GET", f"{url}?{query}", headers=self.api.headers)
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise OSError(f"watch of AgentRuntimes: {self.answer.status} "
                          + self.answer.read().decode())
        return self

    def __exit__(self, *_):
        self.connection.close()

    def until(self, wanted):
        """The first object that is as wanted."""
        for line in self.answer:
            event = json.loads(line)
            if event["type"] == "ERROR":
                raise OSError(f"watch of AgentRuntimes: {event['object']['message']}")
            if wanted(event["object"]):
                return event["object"]
        raise OSError(f"watch of AgentRuntimes: ended after {self.seconds} s")
