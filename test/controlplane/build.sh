#!/bin/bash
# Builds the binaries of one Kubernetes release from a pinned Go module and prints the
# folder they are in. Nothing is built twice: the folder remembers what it was built from.
#
#   build.sh [--k8s VERSION]     VERSION as 1.37, 1.37.2 or v1.37.2; default: the pin in go.mod
#
# BERTH_CONTROL_PLANE_BIN=DIR uses ready binaries in DIR and builds nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/berth/controlplane

fail() {
    echo "control plane: $*" >&2
    exit 1
}

kubernetes_of() { # the release that a go.mod pins
    awk '$1 == "k8s.io/kubernetes" { print $2; exit }' "$1/go.mod"
}

module_for() { # the folder whose go.mod pins the wanted release
    local wanted=v${1#v} dir
    for dir in "$here" "$here"/releases/*/; do
        [ -f "$dir/go.mod" ] || continue
        case $(kubernetes_of "$dir") in
        "$wanted" | "$wanted".*)
            echo "${dir%/}"
            return
            ;;
        esac
    done
    fail "no go.mod here pins Kubernetes $1; pinned are: $(
        for dir in "$here" "$here"/releases/*/; do
            [ ! -f "$dir/go.mod" ] || printf '%s ' "$(kubernetes_of "$dir")"
        done
    )"
}

# Go 1.21 fetches the toolchain that go.mod asks for by itself; older ones cannot.
find_go() {
    local go minor
    for go in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
        [ -x "$go" ] || continue
        minor=$("$go" env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
        if [ "${minor:-0}" -ge 21 ]; then
            echo "$go"
            return
        fi
    done
    fail "needs Go 1.21 or newer on PATH or in /usr/local/go, to build kube-apiserver"
}

# build_one NAME PACKAGE LDFLAGS: one line for each binary, with a running count of
# seconds while somebody looks at a terminal.
build_one() {
    local name=$1 package=$2 ldflags="-s -w $3" started=$SECONDS pid log
    log=$(mktemp)
    (cd "$module" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false exec "$go" build -trimpath \
        -ldflags "$ldflags" -o "$bin/.$name" "$package") >"$log" 2>&1 &
    pid=$!
    while [ -t 2 ] && kill -0 $pid 2>/dev/null; do
        printf '\rbuilding %-24s %4d s' "$name" $((SECONDS - started)) >&2
        sleep 1
    done
    if ! wait $pid; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "$name does not build"
    fi
    rm -f "$log"
    [ ! -t 2 ] || printf '\r' >&2
    printf 'building %-24s %4d s, done\n' "$name" $((SECONDS - started)) >&2
    mv "$bin/.$name" "$bin/$name"
}

build_all() {
    local pkg=k8s.io/component-base/version minor helm
    minor=${version#v1.}
    minor=${minor%%.*}
    helm=$(awk '$1 == "helm.sh/helm/v4" { print $2; exit }' "$module/go.mod")
    local stamp="-X $pkg.gitVersion=$version -X $pkg.gitMajor=1 -X $pkg.gitMinor=$minor"
    local name
    echo "building Kubernetes $version into $bin (once; about ten minutes on two cores)" >&2
    for name in kube-apiserver kube-controller-manager kubectl; do
        build_one "$name" "k8s.io/kubernetes/cmd/$name" "$stamp"
    done
    build_one etcd go.etcd.io/etcd/server/v3 ""
    if [ -n "$helm" ]; then
        build_one helm helm.sh/helm/v4/cmd/helm \
            "$stamp -X helm.sh/helm/v4/internal/version.version=$helm"
    fi
}

wanted=$(kubernetes_of "$here")
while [ $# -gt 0 ]; do
    case $1 in
    --k8s)
        [ $# -ge 2 ] || fail "--k8s needs a version"
        wanted=$2
        shift 2
        ;;
    *) fail "unknown argument $1" ;;
    esac
done

if [ -n "${BERTH_CONTROL_PLANE_BIN:-}" ]; then
    echo "$BERTH_CONTROL_PLANE_BIN"
    exit
fi
module=$(module_for "$wanted")
version=$(kubernetes_of "$module")
bin=$cache/$version/bin
key=$(cat "$module/go.mod" "$module/go.sum" "${BASH_SOURCE[0]}" | sha256sum | cut -d' ' -f1)
mkdir -p "$bin"
exec 9>"$cache/$version/lock"
flock 9 # two callers at once: the second waits, then finds everything there
if [ "$(cat "$bin/.built-from" 2>/dev/null || true)" != "$key" ]; then
    go=$(find_go)
    rm -f "$bin/.built-from"
    build_all
    echo "$key" >"$bin/.built-from"
fi
echo "$bin"
