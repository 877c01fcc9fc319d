#!/usr/bin/env bash
# packages.sh GROUP... - installs what is missing of the Debian packages of the groups.
#
# Says what it installs and why it cannot; does nothing where all is there.
set -euo pipefail

packages_of() {
    case $1 in
    build) echo gcc libc6-dev pkg-config cmake ninja-build libuv1-dev \
        libcurl4-openssl-dev libcjson-dev libyaml-dev libssl-dev zlib1g-dev ;;
    test) echo check libmimalloc-dev libnghttp2-dev openssl python3 python3-yaml ;;
    lint) echo clang clang-format clang-tidy python3 shellcheck ;;
    fuzz) echo clang libclang-rt-dev llvm ;;
    e2e) echo ca-certificates curl openssl python3 python3-yaml ;;
    *)
        echo "packages: no group \"$1\"" >&2
        return 2
        ;;
    esac
}

wanted=()
for group in "$@"; do
    names=$(packages_of "$group")
    read -ra more <<<"$names"
    wanted+=("${more[@]}")
done

missing=()
if command -v dpkg-query >/dev/null; then
    for package in "${wanted[@]}"; do
        # shellcheck disable=SC2016 # the format is dpkg's, not the shell's
        status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || missing+=("$package")
    done
else
    echo "packages: not Debian or Ubuntu; taken as installed: ${wanted[*]}" >&2
fi
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "packages: missing, and neither root nor sudo: ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
echo "packages: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! "${as_root[@]}" apt-get update >"$log" 2>&1 ||
    ! "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    cat "$log" >&2
    echo "packages: apt-get failed" >&2
    exit 1
fi
rm -f "$log"
