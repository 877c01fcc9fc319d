"""A small Kubernetes client: kubeconfig, HTTPS, discovery. Standard library and PyYAML.

The tests talk to the API server through this and not through Berth's own client, so that
an error in that client cannot hide itself.
"""

import base64
import copy
import datetime
import http.client
import json
import os
import ssl
import tempfile
import threading
import urllib.parse

import yaml

# The kinds that scenarios may name without an apiVersion.
KINDS = {
    "APIService": "apiregistration.k8s.io/v1",
    "AgentRuntime": "agent.kagenti.dev/v1alpha1",
    "AgenticSession": "vteam.ambient-code/v1alpha1",
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "ConfigMap": "v1",
    "CustomResourceDefinition": "apiextensions.k8s.io/v1",
    "Deployment": "apps/v1",
    "Event": "events.k8s.io/v1",
    "MutatingAdmissionPolicy": "admissionregistration.k8s.io/v1",
    "MutatingAdmissionPolicyBinding": "admissionregistration.k8s.io/v1",
    "ValidatingAdmissionPolicy": "admissionregistration.k8s.io/v1",
    "ValidatingAdmissionPolicyBinding": "admissionregistration.k8s.io/v1",
    "LimitRange": "v1",
    "Namespace": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Pod": "v1",
    "Project": "vteam.ambient-code/v1alpha1",
    "ProjectSettings": "vteam.ambient-code/v1alpha1",
    "ReplicaSet": "apps/v1",
    "ResourceQuota": "v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "Secret": "v1",
    "Service": "v1",
    "ServiceAccount": "v1",
    "StatefulSet": "apps/v1",
}

PATCH_TYPES = {
    "apply": "application/apply-patch+yaml",
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}


class ApiError(Exception):
    """The API server's answer to a request that it refused."""

    def __init__(self, method, path, code, body):
        self.code = code
        try:
            status = json.loads(body)
            self.message = status.get("message", body)
            self.reason = status.get("reason", "")
        except (ValueError, AttributeError):
            self.message, self.reason = body, ""
        super().__init__(f"{method} {path}: {code} {self.reason}: {self.message}")


class Kubeconfig:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.config = yaml.safe_load(file)
        self.folder = os.path.dirname(os.path.abspath(path))
        context = self._named("contexts", self.config["current-context"])["context"]
        self.cluster = self._named("clusters", context["cluster"])["cluster"]
        self.user = self._named("users", context["user"])["user"]

    def _named(self, section, name):
        return next(entry for entry in self.config[section] if entry["name"] == name)

    def data(self, entry, field):
        """The bytes of `field`, given inline as base64 or as a file; None when unset."""
        if field + "-data" in entry:
            return base64.b64decode(entry[field + "-data"])
        if field in entry:
            with open(os.path.join(self.folder, entry[field]), "rb") as file:
                return file.read()
        return None

    def tls(self, as_user=True):
        """`as_user`: with the client certificate, if the user has one."""
        ca = self.data(self.cluster, "certificate-authority")
        context = ssl.create_default_context(cadata=ca.decode() if ca else None)
        if self.cluster.get("insecure-skip-tls-verify"):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        certificate = self.data(self.user, "client-certificate")
        if certificate and as_user:
            # ssl reads a client's certificate from a file only.
            with tempfile.NamedTemporaryFile() as pem:
                pem.write(certificate + b"\n" + self.data(self.user, "client-key"))
                pem.flush()
                context.load_cert_chain(pem.name)
        return context

    def with_token(self, token):
        """The same cluster for the bearer of a token, as a kubeconfig document."""
        ca = self.data(self.cluster, "certificate-authority")
        cluster = {"server": self.cluster["server"]}
        if ca:
            cluster["certificate-authority-data"] = base64.b64encode(ca).decode()
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": {"token": token}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }


class Api:
    """One API server, as one user. Safe to use from several threads."""

    def __init__(self, kubeconfig_path):
        self.kubeconfig = Kubeconfig(kubeconfig_path)
        self.path = os.path.abspath(kubeconfig_path)
        server = urllib.parse.urlsplit(self.kubeconfig.cluster["server"])
        self.host, self.port = server.hostname, server.port or 443
        self.tls = self.kubeconfig.tls()
        self.headers = {"User-Agent": "berth-e2e", "Accept": "application/json"}
        if "token" in self.kubeconfig.user:
            self.headers["Authorization"] = "Bearer " + self.kubeconfig.user["token"]
        self.local = threading.local()
        self.resources = {}

    def acting_as(self, user):
        """The same server, as it answers this user."""
        other = copy.copy(self)
        other.headers = {**self.headers, "Impersonate-User": user}
        return other

    def _exchange(self, method, path, body, headers):
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None)
            reused = connection is not None
            if not reused:
                connection = http.client.HTTPSConnection(
                    self.host, self.port, timeout=60, context=self.tls
                )
                self.local.connection = connection
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer, answer.read().decode()
            except (http.client.HTTPException, OSError):
                connection.close()
                self.local.connection = None
                # An idle connection that the server closed says nothing about us.
                if not reused or attempt == 2:
                    raise

    def request(self, method, path, body=None, query=None, content="application/json"):
        """Returns the parsed answer; raises ApiError for a refusal. The answer's audit
        id is kept in `last_audit_id` of the calling thread."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        headers = dict(self.headers)
        if body is not None:
            body = json.dumps(body)
            headers["Content-Type"] = content
        answer, text = self._exchange(method, path, body, headers)
        self.local.audit_id = answer.headers.get("Audit-Id")
        if answer.status >= 400:
            raise ApiError(method, path, answer.status, text)
        return json.loads(text) if text.startswith("{") else text

    @property
    def last_audit_id(self):
        return self.local.audit_id

    def server_time(self):
        """The API server's clock, in whole seconds since the epoch: when it would have
        created something."""
        probe = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "t-"}}
        created = self.request("POST", self.url("ConfigMap", "default"), probe,
                               {"dryRun": "All"})["metadata"]["creationTimestamp"]
        return datetime.datetime.fromisoformat(created.replace("Z", "+00:00")).timestamp()

    def resource(self, kind, api_version=None):
        """Path prefix, plural and scope of a kind, from discovery."""
        version = api_version or KINDS[kind]
        if (version, kind) not in self.resources:
            prefix = f"/apis/{version}" if "/" in version else f"/api/{version}"
            for entry in self.request("GET", prefix)["resources"]:
                if "/" not in entry["name"]:
                    self.resources[version, entry["kind"]] = (
                        prefix, entry["name"], entry["namespaced"])
        return self.resources[version, kind]

    def url(self, kind, namespace, name=None, subresource=None, api_version=None):
        prefix, plural, namespaced = self.resource(kind, api_version)
        parts = [prefix]
        if namespaced and namespace:
            parts += ["namespaces", namespace]
        parts += [part for part in (plural, name, subresource) if part]
        return "/".join(parts)

    def get(self, kind, namespace, name, api_version=None):
        """The object, or None when there is none."""
        try:
            url = self.url(kind, namespace, name, api_version=api_version)
            return self.request("GET", url)
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def list(self, kind, namespace=None, **query):
        items = self.request("GET", self.url(kind, namespace), query=query)["items"]
        for item in items:
            item.setdefault("kind", kind)
        return items

    def apply(self, obj, namespace, manager, force=False, subresource=None):
        meta = obj["metadata"]
        url = self.url(obj["kind"], meta.get("namespace", namespace), meta["name"],
                       subresource, obj.get("apiVersion"))
        query = {"fieldManager": manager, "force": "true" if force else "false"}
        return self.request("PATCH", url, obj, query, PATCH_TYPES["apply"])

    def patch(self, kind, namespace, name, body, how="merge", manager="user",
              subresource=None):
        url = self.url(kind, namespace, name, subresource)
        return self.request("PATCH", url, body, {"fieldManager": manager},
                            PATCH_TYPES[how])

    def delete(self, kind, namespace, name, api_version=None, **options):
        url = self.url(kind, namespace, name, api_version=api_version)
        return self.request("DELETE", url, options or None)
