# Copyright (c) OpenMMLab. All rights reserved.
X = 1
