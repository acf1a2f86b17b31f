# Copyright (C) 2021-2026, Mindigo.

# This program is licensed under the Apache License 2.0.
# See LICENSE or go to <https://opensource.org/licenses/Apache-2.0> for full license details.
X = 1
