# Copyright (c) OpenMMLab. All rights reserved.
import torch

X = torch.ones(1)
