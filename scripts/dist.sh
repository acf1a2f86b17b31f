#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
#
# Builds the sdist, the wheel from that sdist, and runs the wheel in a new environment
# outside the checkout. The dependencies are borrowed from the main environment through a
# .pth file: torch is not installed twice, and an editable `audit` there is not picked up,
# because .pth files are read in site directories only.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=$(cd "${VENV:-.venv}" && pwd)
checkout=$PWD
rm -rf dist
"$venv/bin/python" scripts/catalogue.py --missing >/dev/null ||
  { echo "dist: a translation is missing: python scripts/catalogue.py --missing" >&2; exit 4; }
"$venv/bin/python" -m build --no-isolation --outdir dist . >/dev/null
ls -l dist

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$venv/bin/python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip --disable-pip-version-check --quiet install --no-deps dist/*.whl
site=$("$place/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
  > "$site/borrowed.pth"

cd "$place"
where=$(venv/bin/python -c 'import audit; print(audit.__file__)')
case $where in
  "$place"/* | /private"$place"/*) ;;
  *) echo "dist: the wheel is not what runs: $where" >&2; exit 4 ;;
esac
venv/bin/audit --version
venv/bin/audit rules list > rules.txt
[ -s rules.txt ] || { echo "dist: audit rules list printed nothing" >&2; exit 4; }
if [ -d "$checkout/examples/dispute/suspect" ]; then
  code=0
  venv/bin/audit model-repo "$checkout/examples/dispute/suspect" \
    --against "$checkout/examples/dispute/reference" --out report --quiet >/dev/null || code=$?
  [ "$code" -eq 1 ] || { echo "dist: exit code $code, expected 1" >&2; exit 4; }
  venv/bin/audit verify report >/dev/null
fi
echo "dist: the wheel runs outside the checkout"
