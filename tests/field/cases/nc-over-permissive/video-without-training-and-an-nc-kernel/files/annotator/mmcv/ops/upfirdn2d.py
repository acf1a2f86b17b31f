# modified from https://github.com/nality/stylegan2-pytorch/blob/master/op/upfirdn2d.py  # noqa:E501

# Copyright (c) 2021, NVIDIA Corporation. All rights reserved.
# NVIDIA Source Code License for StyleGAN2 with Adaptive Discriminator
# Augmentation (ADA)
# =======================================================================

# 3.3 Use Limitation. The Work and any derivative works thereof only may
# be used or intended for use non-commercially. Notwithstanding the foregoing,
# NVIDIA and its affiliates may use the Work and any derivative works commercially.

X = 1
