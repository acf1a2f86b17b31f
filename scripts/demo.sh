#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
#
# Audits both models of the example dispute and checks that the outcome is the known one:
# the suspect fails (exit 1), the independent twin passes (exit 0).
set -euo pipefail
cd "$(dirname "$0")/.."

audit="${VENV:-.venv}/bin/audit"
dispute=examples/dispute
out=out/demo
wrong=0

audit_one() {
  local model=$1 expected=$2 code=0
  printf '\n== %s/%s against %s/reference\n' "$dispute" "$model" "$dispute"
  "$audit" model-repo "$dispute/$model" --against "$dispute/reference" \
    --out "$out/$model" || code=$?
  if [ "$code" -ne "$expected" ]; then
    printf 'demo: %s ended with exit code %s, expected %s\n' "$model" "$code" "$expected" >&2
    wrong=1
  fi
}

# One line from the record: verdict, relation, and the dispute's statistic as context.
verdict() {
  "${VENV:-.venv}/bin/python" - "$out/$1/record.json" <<'PY'
import json
import sys

record = json.load(open(sys.argv[1], encoding="utf-8"))
found = record["comparisons"][0]
spread = found["spread"]
print(
    f"{record['verdict']['status']:5} weights: {found['relation']}; spread correlation "
    f"{spread['per_layer']:.3f} by layer, {spread['per_tensor']:.3f} by tensor (decides nothing)"
)
PY
}

[ -d "$dispute/suspect" ] || { echo "demo: $dispute/suspect is missing" >&2; exit 4; }
rm -rf "$out"
mkdir -p "$out"
audit_one suspect 1
audit_one independent 0
[ "$wrong" -eq 0 ] || exit 4

printf '\n'
for model in suspect independent; do
  printf '%-12s %s\n' "$model" "$(verdict "$model")"
  printf '%-12s %s\n' "" "$PWD/$out/$model/report.pdf" "" "$PWD/$out/$model/report.html"
done
