#! /usr/bin/env python3
#
#  Zauber Sprung, Inc. ("COMPANY") CONFIDENTIAL
#
#  Unpublished Copyright (c) 2020
#  Zauber Sprung, Inc., All Rights Reserved.
#
# NOTICE:  All information contained herein is, and remains the property
# of COMPANY.
X = 1
