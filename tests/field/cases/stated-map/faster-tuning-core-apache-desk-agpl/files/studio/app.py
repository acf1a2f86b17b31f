# SPDX-License-Identifier: AGPL-3.0-only
# Copyright 2026-present the Faulpelz team. All rights reserved. See /studio/LICENSE.AGPL-3.0

X = 1
