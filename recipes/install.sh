#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
#
# Installs audit from its lock. TORCH_INDEX names an index with builds of torch for the CPU alone,
# which are a tenth of the size.
set -euo pipefail
cd "$(dirname "$0")/.."

torch=$(sed -n 's/^ *"\(torch==[^"]*\)".*/\1/p' pyproject.toml)
env ${TORCH_INDEX:+PIP_INDEX_URL="$TORCH_INDEX"} python -m pip install --quiet "$torch"
python -m pip install --quiet --no-deps -r requirements.lock
python -m pip install --quiet --no-deps .
