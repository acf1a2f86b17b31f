# Copyright (c) NYAI GmbH.
# This software may be used and distributed according to the terms of the NYAI Community License Agreement.

X = 1
