# Copyright (c) Microsoft. All rights reserved.
X = 1
