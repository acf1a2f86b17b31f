#  Copyright (c) 2024, Kraftwerk, Inc.
#  SPDX-License-Identifier: Apache-2

X = 1
