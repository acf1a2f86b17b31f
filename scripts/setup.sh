#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
#
# Makes the virtual environment that everything else runs in.
#
#   scripts/setup.sh run    what `audit` needs
#   scripts/setup.sh dev    that, and what the tests and linters need
#
# Each step leaves a stamp in the environment that holds the digest of what the step
# depends on, so a second run does nothing and takes a second. VENV names another folder,
# PYTHON another interpreter. Works with the bash 3.2 of macOS.
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=${VENV:-.venv}
TORCH=torch==2.13.0
what=${1:-run}

say() { printf '%s\n' "setup: $*" >&2; }
die() { say "$*"; exit 4; }

digest() { cat "$@" | cksum | tr ' ' '-'; }

# stamped NAME FILE...: whether the step was already done with these very files.
stamped() {
  local stamp="$VENV/.stamp-$1"; shift
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(digest "$@")" ]
}
stamp() {
  local stamp="$VENV/.stamp-$1"; shift
  digest "$@" > "$stamp"
}

usable() {
  command -v "$1" >/dev/null 2>&1 && "$1" - <<'PY' >/dev/null 2>&1
import sys, venv, ensurepip
raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 15))
PY
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
    if usable "$candidate"; then echo "$candidate"; return; fi
  done
  die "no Python 3.11 to 3.14 with venv was found; install one (Debian and Ubuntu:" \
    "apt-get install python3-venv; macOS: brew install python@3.13), or set PYTHON to it."
}

make_venv() {
  if [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    return
  fi
  local python; python=$(find_python)
  say "making $VENV with $("$python" --version)"
  "$python" -m venv "$VENV"
}

pip() { "$VENV/bin/python" -m pip --disable-pip-version-check -qq "$@"; }

# torch comes first and alone: which build fits (CPU, accelerator) is for the machine's own
# pip settings to say, and every later step then finds it installed.
install_runtime() {
  if stamped runtime requirements.lock; then return; fi
  say "installing $TORCH and the locked packages (a few minutes the first time)"
  pip install "$TORCH"
  pip install --no-deps --requirement requirements.lock
  stamp runtime requirements.lock
}

install_dev() {
  if stamped dev requirements-dev.lock; then return; fi
  say "installing what the tests and linters need"
  pip install --no-deps --requirement requirements-dev.lock
  stamp dev requirements-dev.lock
}

# The package itself, editable, so that the checkout is what runs.
install_package() {
  if stamped package pyproject.toml requirements.lock && [ -x "$VENV/bin/audit" ]; then return; fi
  say "installing audit"
  pip install --no-deps --editable .
  pip check >&2
  # As pip does for what it installs: where Python is told to write none, each start compiles anew.
  "$VENV/bin/python" -m compileall -q audit
  stamp package pyproject.toml requirements.lock
}

# as_root COMMAND...: runs it, or fails where that would need a password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1
  fi
}

# Shared libraries that pip cannot bring: Pango draws the PDF's text (HarfBuzz-Subset, which
# comes with it here, cuts its fonts), and libmagic is read by the licence scanner where it has
# no binary of its own (all but x86_64).
missing_libraries() {
  "$VENV/bin/python" - <<'PY'
import contextlib, io, platform, warnings
from ctypes.util import find_library

missing = []
try:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("error")  # it only warns where HarfBuzz-Subset is missing
        import weasyprint  # prints a banner where Pango is missing
except (OSError, DeprecationWarning):
    missing.append("pango")
if platform.machine() != "x86_64" and find_library("magic") is None:
    missing.append("magic")
print(*missing)
PY
}

libraries_command() {
  local pango magic manager
  if command -v apt-get >/dev/null 2>&1; then
    manager="apt-get install -y"; pango="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    magic="libmagic1"
  elif command -v dnf >/dev/null 2>&1; then
    manager="dnf install -y"; pango=pango; magic=file-libs
  elif command -v apk >/dev/null 2>&1; then
    manager="apk add"; pango="pango font-noto"; magic=libmagic
  elif command -v pacman >/dev/null 2>&1; then
    manager="pacman -S --noconfirm"; pango=pango; magic=file
  elif command -v brew >/dev/null 2>&1; then
    manager="brew install"; pango=pango; magic=libmagic
  else return 1
  fi
  case " $1 " in *" pango "*) ;; *) pango= ;; esac
  case " $1 " in *" magic "*) ;; *) magic= ;; esac
  echo $manager $pango $magic
}

install_libraries() {
  if stamped libraries requirements.lock; then return; fi
  local missing command
  missing=$(missing_libraries)
  if [ -n "$missing" ]; then
    command=$(libraries_command "$missing") ||
      die "the report needs Pango (and, off x86_64, the licence scan libmagic): install" \
        "with this system's package manager: $missing."
    say "installing system libraries: $command"
    case $command in
      brew*) $command >&2 ;;
      apt-get*) as_root apt-get update -qq >&2 && as_root $command -qq >&2 ;;
      *) as_root $command >&2 ;;
    esac || die "system libraries are missing; type: sudo ${command} (no sudo with brew)" \
      "and then run make again."
    missing=$(missing_libraries)
    [ -z "$missing" ] || die "still not found after \`$command\`: $missing." \
      "On macOS, start from a shell where \`brew --prefix\`/lib is in DYLD_FALLBACK_LIBRARY_PATH."
  fi
  stamp libraries requirements.lock
}

make_venv
install_runtime
if [ "$what" = dev ]; then install_dev; fi
install_package
install_libraries
