# -*- coding: utf-8 -*-

# Planck-Institutsgesellschaft zur Foerderung der Wissenschaften e.V. (PIG) is
# holder of all proprietary rights on this computer program.
# You can only use this computer program if you have closed
# a license agreement with PIG or you get the right to use the computer
# program from someone who is authorized to grant you that right.
# Any use of the computer program without a valid license is prohibited and
# liable to prosecution.
#
# Copyright (c) 2020 Planck-Institutsgesellschaft zur Foerderung
# der Wissenschaften e.V. (PIG). acting on behalf of its Institute
# for Intelligent Systems. All rights reserved.

X = 1
