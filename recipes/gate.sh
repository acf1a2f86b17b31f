#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
#
# The gate in any shell: audits AUDIT_TARGET, leaves its results in a folder, ends with its code.
# Everything else is set by AUDIT_… variables or audit.toml (docs/configuration.md).
#
#   AUDIT_TARGET     the model (default: .)
#   AUDIT_RESULTS    a new folder for the results (default: audit-results)
#   AUDIT_UNDECIDED  "warn" lets code 3 (could not decide) pass; default: "fail"
set -euo pipefail

target=${AUDIT_TARGET:-.}
results=${AUDIT_RESULTS:-audit-results}
mkdir -p "$results"

code=0
audit model-repo "$target" \
  --output json="$results/record.json" \
  --output sarif="$results/audit.sarif" \
  --output junit="$results/junit.xml" \
  --output markdown="$results/summary.md" \
  --output env="$results/audit.env" || code=$?

if [ -n "${GITHUB_OUTPUT:-}" ] && [ -f "$results/audit.env" ]; then
  cat "$results/audit.env" >>"$GITHUB_OUTPUT"
  echo "results=$results" >>"$GITHUB_OUTPUT"
fi
if [ "$code" -eq 3 ] && [ "${AUDIT_UNDECIDED:-fail}" = warn ]; then
  echo "audit: could not decide; a person must look (AUDIT_UNDECIDED=warn)" >&2
  code=0
fi
exit "$code"
