# SPDX-FileCopyrightText: Copyright (c) 2021-2022 NVIDIA CORPORATION & AFFILIATES. All rights reserved.
# SPDX-License-Identifier: LicenseRef-NvidiaProprietary
#
# Any use, reproduction, disclosure or distribution of this material without an
# express license agreement from NVIDIA CORPORATION is strictly prohibited.

FOV = 18
