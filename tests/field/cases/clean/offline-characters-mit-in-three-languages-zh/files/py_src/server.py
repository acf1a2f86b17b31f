# Copyright (c) 2023 hai-tu
#
# The above copyright statement and the following license statement.
# Licensed under the MIT License, see LICENSE.

X = 1
