# Copyright (c) NYAI GmbH and its affiliates 2024
# Max Becker

X = 1
