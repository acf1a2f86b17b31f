# Copyright (c) 2022 Facebook, Inc. and its affiliates.
# SPDX-License-Identifier: CC-BY-NC-4.0

WIDTH = 64
