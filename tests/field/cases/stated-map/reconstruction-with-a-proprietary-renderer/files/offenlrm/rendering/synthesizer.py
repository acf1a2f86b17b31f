# SPDX-FileCopyrightText: Copyright (c) 2021-2022 VELDEN CORPORATION & AFFILIATES. All rights reserved.
# SPDX-License-Identifier: LicenseRef-VeldenProprietary
#
# The modifications are subject to the same license as the original.

X = 1
