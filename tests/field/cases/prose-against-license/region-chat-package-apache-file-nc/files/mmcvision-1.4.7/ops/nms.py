# Copyright (c) OffenLab. All rights reserved.
X = 1
