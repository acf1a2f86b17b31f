//  For licensing see accompanying LICENSE.md file.
//  Copyright (c) 2025 Maxarg, Inc. All rights reserved.
