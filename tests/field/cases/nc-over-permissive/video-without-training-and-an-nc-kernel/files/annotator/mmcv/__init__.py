# Copyright (c) OpenMMLab. All rights reserved.
# flake8: noqa
X = 1
