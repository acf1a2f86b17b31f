# Copyright (c) 2025 Rofluss. All Rights Reserved.
# Licensed under the Apache License, Version 2.0 [see LICENSE for details]

X = 1
