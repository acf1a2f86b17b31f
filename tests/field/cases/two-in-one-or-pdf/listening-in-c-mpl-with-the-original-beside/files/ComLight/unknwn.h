// Copyright (C) Microsoft Corporation, WTL Team. All rights reserved.
