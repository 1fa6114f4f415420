#!/bin/sh
# Makes the virtual environment that everything here runs in: deploy/install/environment.sh product|dev|client
#
# The package installer is pinned like what it installs: a lock read by another version of pip than the one that was tried
# fails on machines of later years. What the machine brings (an old pip, a uv) only fetches that one pip, checked by its hash.
# Wheels only: building from source would fetch build tools that no lock pins. Run by make; every step is skipped once done.
set -eu
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

refuse() {
  echo "$1" >&2
  exit 2
}

can() {
  "$PYTHON" -c "import sys; sys.exit(not ($1))" 2>/dev/null
}

require_machine() {
  command -v "$PYTHON" >/dev/null 2>&1 ||
    refuse "There is no $PYTHON here; install Python 3.11 to 3.14 (Debian, Ubuntu: apt-get install python3 python3-venv make), or name one: make PYTHON=python3.12"
  can '(3, 11) <= sys.version_info < (3, 15)' ||
    refuse "Python 3.11 to 3.14 is needed and $PYTHON is $("$PYTHON" -V 2>&1); install one of them and name it: make PYTHON=python3.12"
  can '__import__("importlib.util").util.find_spec("venv") and __import__("importlib.util").util.find_spec("ensurepip")' ||
    refuse "$PYTHON has no venv or ensurepip, with which environments are made; install them (Debian, Ubuntu: apt-get install python3-venv)."
}

version() {
  "$1" -c 'import sys, pip; print(sys.implementation.cache_tag)' 2>/dev/null
}

# A folder that was moved, whose Python is gone or is another one than was asked for, is made anew; data lies elsewhere.
make_venv() {
  [ "$(version "$VENV/bin/python")" = "$("$PYTHON" -c 'import sys; print(sys.implementation.cache_tag)')" ] && return
  echo "making an environment in $VENV"
  rm -rf "$VENV"
  "$PYTHON" -m venv "$VENV" ||
    refuse "$PYTHON could not make an environment in $VENV (see above); on Debian and Ubuntu install python3-venv."
}

pip() {
  "$VENV/bin/python" -m pip --disable-pip-version-check --quiet "$@"
}

install_lock() {
  pip install --require-hashes --no-deps --only-binary :all: -r "$1" || refuse "installing $1 failed (see above); nothing is lost: the same command goes on."
}

# What a step was made of: the same bytes again mean there is nothing to do.
once() {
  name=$1 what=$2
  shift 2
  made=$(cat "$@" | cksum)
  [ "$(cat "$VENV/.$name" 2>/dev/null)" = "$made" ] && return
  echo "installing $what"
  "install_$name" "$@"
  echo "$made" >"$VENV/.$name"
}

install_installer() {
  install_lock "$1"
}

install_product() {
  install_lock "$1"
  pip install --no-deps --no-build-isolation -e .
  pip check
}

install_dev() {
  install_lock "$1"
  pip check
}

install_client() {
  install_dev "$1"
}

require_machine
case ${1-} in
product | dev | client) ;;
*) refuse "usage: deploy/install/environment.sh product|dev|client" ;;
esac
make_venv
once installer "the pinned installer" requirements-installer.lock
if [ "$1" = client ]; then
  once client "the generator of API clients (once; some seconds)" requirements-client.lock
  exit
fi
once product "what Bảng Điểm runs with (once; under a minute)" requirements.lock pyproject.toml
if [ "$1" = dev ]; then
  once dev "what tests and checks need (once; under a minute)" requirements-dev.lock requirements.lock
fi
