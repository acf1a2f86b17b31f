"""
Copyright (c) 2025 Volant Ltd. and/or its affiliates
SPDX-License-Identifier: MIT
"""
X = 1
