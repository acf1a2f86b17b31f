# SPDX-License-Identifier: MIT
X = 1
