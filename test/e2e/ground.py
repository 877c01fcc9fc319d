"""A cluster to run scenarios on: the embedded API server, the pinned control plane or any
other by kubeconfig."""

import os
import shutil
import subprocess
import tempfile

import yaml

from audit import AuditLog
from controller import Controller
from kube import Api, ApiError
from wait import until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTROL_PLANES = {  # the same verbs and files, see each
    "embedded": os.path.join(ROOT, "test/apiserver/embedded.sh"),
    "real": os.path.join(ROOT, "test/controlplane/control-plane.sh"),
}
CONTROLLER_NAMESPACE = "berth-system"
CONTROLLER_USER = f"system:serviceaccount:{CONTROLLER_NAMESPACE}:berth"  # the shared one
RUNNER = "berth-e2e"  # field manager of what the runner itself needs


def documents(path):
    with open(path, encoding="utf-8") as file:
        return [doc for doc in yaml.safe_load_all(file) if doc]


class Ground:
    """Use as a context: everything that it started has ended when it closes."""

    def __init__(self, berth, kind="real", kubeconfig=None, k8s=None, api_flags=()):
        self.berth = os.path.abspath(berth) if berth else None
        self.kind = kind
        self.control_plane = CONTROL_PLANES[kind]
        self.kubeconfig = kubeconfig
        self.k8s = ["--k8s", k8s] if k8s else []
        self.api_flags = " ".join(api_flags)
        self.folder = tempfile.mkdtemp(prefix="berth-e2e-")
        self.own = kubeconfig is None
        self.audit = None
        self.environment = dict(os.environ)

    def __enter__(self):
        try:
            if self.own:
                self._start_control_plane()
            self.api = Api(self.kubeconfig)
            self.version = self.api.request("GET", "/version")["gitVersion"]
            self._install()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.own:
            subprocess.run([self.control_plane, "down"], env=self.environment, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_control_plane(self):
        state = os.path.join(self.folder, "control-plane")
        self.environment.update(BERTH_CONTROL_PLANE_STATE=state,
                                BERTH_CONTROL_PLANE_LIFETIME="3600",
                                API_EXTRA=self.api_flags)
        subprocess.run([self.control_plane, "up", *self.k8s], env=self.environment, check=True,
                       stdout=subprocess.DEVNULL)
        self.kubeconfig = os.path.join(state, "admin.kubeconfig")
        self.audit = AuditLog(os.path.join(state, "log/audit.log"))
        with open(os.path.join(state, "bin-dir"), encoding="utf-8") as file:
            tools = file.read().strip()
        self.environment["PATH"] = tools + os.pathsep + os.environ["PATH"]

    def _install(self):
        """The manifests as a user would apply them, then the controller's own identity."""
        for folder in ("crds", "rbac", "admission"):
            path = os.path.join(ROOT, "manifests", folder)
            found = [doc for name in sorted(os.listdir(path)) if name.endswith(".yaml")
                     for doc in documents(os.path.join(path, name))]
            # Namespaces first: what lives in them may be in a file before theirs.
            for doc in sorted(found, key=lambda doc: doc["kind"] != "Namespace"):
                self.api.apply(doc, None, RUNNER, force=True)
        self._await_crds()
        self.controller_kubeconfig = self.kubeconfig_in(CONTROLLER_NAMESPACE)

    def install_in(self, namespace):
        """The controller's identity once more, for one that has another namespace."""
        account = {"kind": "ServiceAccount", "name": "berth", "namespace": namespace}
        self.api.apply({"apiVersion": "v1", "kind": "ServiceAccount",
                        "metadata": {"name": "berth"}}, namespace, RUNNER)
        self.api.apply({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": namespace}, "subjects": [account],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                        "name": "berth"}}, None, RUNNER)
        return self.kubeconfig_in(namespace)

    def kubeconfig_in(self, namespace):
        path = os.path.join(self.folder, namespace + ".kubeconfig")
        config = self.api.kubeconfig.with_token(self.controller_token(namespace))
        with open(path, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            yaml.safe_dump(config, file)
        return path

    def controller_token(self, namespace):
        """A new one."""
        return self.api.request(
            "POST", self.api.url("ServiceAccount", namespace, "berth", "token"),
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
             "spec": {"expirationSeconds": 4 * 3600}})["status"]["token"]

    def _await_crds(self):
        def served():
            for crd in self.api.list("CustomResourceDefinition"):
                spec = crd["spec"]
                if spec["group"].endswith(("kagenti.dev", "berth.dev", "ambient-code")):
                    version = spec["versions"][0]["name"]
                    self.api.request("GET", f"/apis/{spec['group']}/{version}")
        until(served, 20, retry=ApiError)

    def controller(self, name, namespace, watch=None, kubeconfig=None):
        log = os.path.join(self.folder, f"{name}.log")
        return Controller(self.berth, kubeconfig or self.controller_kubeconfig, log,
                          namespace, watch)
