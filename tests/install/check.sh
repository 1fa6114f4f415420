#!/bin/sh
# `make check-install`: the installation as a stranger's machine sees it. A new folder with what git would hand over, an empty
# HOME, and on PATH only Python, make and the tools of a bare system: no compiler, no uv, no git.
#   PYTHON=python3.12   the interpreter to try
#   OLD_PIP=22.3        what its environment begins with; without it, the pip that Python brings
set -eu
cd "$(dirname "$0")/../.."
python=$("${PYTHON:-python3}" -c 'import os, sys; print(os.path.realpath(sys.executable))')
place=$(mktemp -d "${TMPDIR:-/tmp}/bangdiem-install.XXXXXX")
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM
mkdir "$place/home" "$place/bin" "$place/source"
git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for each; do [ -e "$each" ] && printf "%s\0" "$each"; done' sh |
  tar --null -T - -cf - | tar -xf - -C "$place/source"
ln -s "$python" "$place/bin/python3"
for tool in sh make awk cat cksum cp cut date dirname du echo env expr grep head id ln ls mkdir mktemp mv nproc printf readlink rm rmdir sed sleep sort tail test touch tr uname wc; do
  found=$(command -v "$tool") && case $found in /*) ln -s "$found" "$place/bin/$tool" ;; esac
done

# Certificates and proxies are the network's, not the machine's tools.
bare() {
  env -i HOME="$place/home" PATH="$place/bin" TMPDIR="$place" LANG=C.UTF-8 \
    ${SSL_CERT_FILE+SSL_CERT_FILE="$SSL_CERT_FILE"} ${https_proxy+https_proxy="$https_proxy"} ${no_proxy+no_proxy="$no_proxy"} \
    sh -c "cd '$place/source' && $1"
}

now() { date +%s; }
step() { # words, command
  begun=$(now)
  bare "$2" || { echo "check-install: FAILED: $1" >&2; exit 1; }
  echo "check-install: $1: $(($(now) - begun)) s"
}
size() { du -sm "$place/source/.venv" | cut -f1; }

if [ -n "${OLD_PIP-}" ]; then
  step "an environment that begins with pip $OLD_PIP" \
    "python3 -m venv .venv && .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir pip==$OLD_PIP"
else
  OLD_PIP="$("$python" -c 'import ensurepip; print(ensurepip.version())') (bundled)"
fi
echo "check-install: $("$python" -V), pip $OLD_PIP, make $(make --version | sed -n '1s/.* //p')"
step "make install (requirements.lock)" "make install"
product=$(size)
step "bangdiem --help" ".venv/bin/bangdiem --help >/dev/null"
for package in pytest mypy playwright numpy; do
  bare ".venv/bin/python -c 'import $package'" 2>/dev/null && { echo "check-install: FAILED: the product's environment holds $package" >&2; exit 1; }
done
step "make install-dev (requirements-dev.lock on top)" "make install-dev"
step "pytest --version" ".venv/bin/python -m pytest --version >/dev/null"
again=$(bare "make install-dev")
[ -z "$again" ] || { echo "check-install: FAILED: a second make install-dev did something: $again" >&2; exit 1; }
echo "check-install: environment ${product} MB with the product alone, $(size) MB with tests and checks; passed"
